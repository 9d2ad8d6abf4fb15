#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace postern::handlers::oauth {

/// What a page's template is filled in with: texts, and lists of the like for sections. An empty or
/// missing text is false to a section.
struct PageValues {
  std::map<std::string, std::string> texts{};
  std::map<std::string, std::vector<PageValues>> lists{};
};

/// `web/pages/<name>.html` (Mustache) with every value escaped for HTML, within layout.html as its
/// `body`; files whose name begins with `_` are parts of others. Throws std::out_of_range for a
/// page that there is not.
[[nodiscard]] std::string fill_in_page(std::string_view name, const PageValues& values);

}  // namespace postern::handlers::oauth

#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace postern::cli {

/// A template of the site's own that cannot be read or is no template.
class TemplateError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What is filled in: texts, and under the same names sections for where there is one.
using LetterValues = std::map<std::string, std::string>;

/// A letter's three texts, as the templates made them.
struct LetterText {
  std::string subject;  ///< one line
  std::string text;
  std::string html;
};

/// The letters' texts: Mustache templates `<name>.subject.txt`, `<name>.txt` and `<name>.html`, the
/// latter two within `layout.txt` and `layout.html` as {{{body}}}. In HTML values are escaped, in
/// text they are not. A value that is empty or not given is false to a section.
class LetterTemplates {
 public:
  /// The built-in ones; a file of the same name in `directory` ("" for none) takes the place of
  /// each. Throws TemplateError for one that is no template, or of more than 64 KiB.
  explicit LetterTemplates(const std::string& directory);

  /// Throws std::out_of_range for a name that no letter has.
  [[nodiscard]] LetterText render(std::string_view name, const LetterValues& values) const;

 private:
  std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace postern::cli

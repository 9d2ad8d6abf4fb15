#pragma once

#include <json/value.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace postern::handlers {

/// A JSON text under construction whose members keep the order they were added in, as the originals
/// write them (jsoncpp sorts by name). Compact, UTF-8 as it is.
class ObjectText {
 public:
  ObjectText& text(std::string_view name, std::string_view value);
  ObjectText& text_or_null(std::string_view name, const std::string* value);
  ObjectText& number(std::string_view name, std::int64_t value);
  ObjectText& boolean(std::string_view name, bool value);
  ObjectText& value(std::string_view name, const Json::Value& value);
  /// `json` is JSON already.
  ObjectText& raw(std::string_view name, std::string_view json);

  [[nodiscard]] std::string finish() const { return '{' + members_ + '}'; }
  [[nodiscard]] bool empty() const { return members_.empty(); }

 private:
  std::string members_;
};

/// `["one","two"]`
[[nodiscard]] std::string text_list(const std::vector<std::string>& texts);
/// `[1,2]`
[[nodiscard]] std::string number_list(const std::vector<std::int64_t>& numbers);
/// A list of what is JSON already.
[[nodiscard]] std::string raw_list(const std::vector<std::string>& jsons);

}  // namespace postern::handlers

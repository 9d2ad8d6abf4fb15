#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace postern::domain {

/// The payloads of our own tokens: one flat object of strings, integers and booleans, in ASCII,
/// written and read by these two alone. Not a reader for the JSON of others: handlers have one.
class FlatJsonWriter {
 public:
  FlatJsonWriter& add(std::string_view name, std::string_view value);
  FlatJsonWriter& add(std::string_view name, std::int64_t value);
  FlatJsonWriter& add_boolean(std::string_view name, bool value);
  /// Control characters, '"', '\', '>', '?' and '~' leave as \u00hh: without the last three the
  /// base64 of the text is the same in both alphabets. Text beyond ASCII throws
  /// std::invalid_argument.
  [[nodiscard]] std::string finish() &&;

 private:
  void add_name(std::string_view name);
  std::string text_ = "{";
};

class FlatJson {
 public:
  /// Exactly what FlatJsonWriter can write: no white space, no repeated names, no other types, no
  /// other escapes; at most 32 members and 4096 bytes.
  [[nodiscard]] static std::optional<FlatJson> parse(std::string_view text);

  /// None when it is absent or of another type.
  [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name) const;
  [[nodiscard]] std::optional<bool> boolean(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }

 private:
  using Value = std::variant<std::string, std::int64_t, bool>;
  [[nodiscard]] const Value* find(std::string_view name) const;
  std::vector<std::pair<std::string, Value>> members_;
};

}  // namespace postern::domain

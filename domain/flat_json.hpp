#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace postern::domain {

/// The payloads of our own tokens: one flat object of strings, integers, booleans, lists of strings
/// and objects of strings, written in ASCII, written and read by these two alone. Not a reader for
/// the JSON of others: handlers have one.
class FlatJsonWriter {
 public:
  FlatJsonWriter& add(std::string_view name, std::string_view value);
  FlatJsonWriter& add(std::string_view name, std::int64_t value);
  FlatJsonWriter& add(std::string_view name, const std::vector<std::string>& values);
  FlatJsonWriter& add_boolean(std::string_view name, bool value);
  FlatJsonWriter& add_object(std::string_view name, FlatJsonWriter&& object);
  /// Control characters, '"', '\', '>', '?', '~' and what is beyond ASCII leave as \uhhhh: without
  /// them the base64 of the text is the same in both alphabets. Text that is not UTF-8 throws
  /// std::invalid_argument.
  [[nodiscard]] std::string finish() &&;

 private:
  void add_name(std::string_view name);
  std::string text_ = "{";
};

class FlatJson {
 public:
  /// What FlatJsonWriter can write, objects within holding strings alone: no white space, no
  /// repeated names, no other types, no other escapes; at most 32 members, 128 values in a list,
  /// and 6144 bytes.
  [[nodiscard]] static std::optional<FlatJson> parse(std::string_view text);

  /// None when it is absent or of another type.
  [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name) const;
  [[nodiscard]] std::optional<bool> boolean(std::string_view name) const;
  [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view name) const;
  /// A member of an object within.
  [[nodiscard]] std::optional<std::string> text_within(std::string_view object,
                                                       std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }

 private:
  using Texts = std::vector<std::string>;
  using Object = std::vector<std::pair<std::string, std::string>>;
  using Value = std::variant<std::string, std::int64_t, bool, Texts, Object>;
  class Reader;
  [[nodiscard]] const Value* find(std::string_view name) const;
  std::vector<std::pair<std::string, Value>> members_;
};

}  // namespace postern::domain

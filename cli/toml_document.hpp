#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace postern::cli {

/// Where something was written. No file: the built-in default.
struct Place {
  std::string file;
  unsigned line = 0;

  [[nodiscard]] std::string text() const;  ///< "file:line", or "default"
  auto operator<=>(const Place&) const = default;
};

/// A TOML value as plain data, so that one file alone includes the TOML library.
struct TomlNode {
  enum class Type { Boolean, Integer, Text, Float, Time, Array, Table };
  Type type = Type::Table;
  bool boolean = false;
  std::int64_t integer = 0;
  std::string text;
  std::vector<std::pair<std::string, TomlNode>> members;  ///< of a table, sorted by name
  std::vector<TomlNode> items;                            ///< of an array
  Place place;

  [[nodiscard]] const TomlNode* find(std::string_view name) const;
};

[[nodiscard]] std::string_view name_of(TomlNode::Type type);  ///< "a text", "an integer", …

/// Something wrong with a configuration: as much as can be said about one place.
struct Problem {
  Place place;
  std::string key;      ///< dotted; "" where there is none
  std::string message;  ///< holds no value of a secret key

  [[nodiscard]] std::string text() const;  ///< "file:line: key: message"
};

/// Reads and parses one file of at most 1 MiB: a table, or what is wrong with it.
[[nodiscard]] std::variant<TomlNode, Problem> read_toml(const std::string& file);
[[nodiscard]] std::variant<TomlNode, Problem> parse_toml(std::string_view text,
                                                         const std::string& file);

/// Lays `over` upon `base`: tables merge, values and arrays replace.
void layer(TomlNode& base, const TomlNode& over);

}  // namespace postern::cli

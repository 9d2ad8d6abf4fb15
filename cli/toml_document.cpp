#include "cli/toml_document.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace postern::cli {
namespace {

constexpr std::size_t kMaxFile = 1024 * 1024;

Place place_of(const toml::source_region& source, const std::string& file) {
  return {file, source.begin.line};
}

TomlNode convert(const toml::node& node, const std::string& file) {
  TomlNode result;
  result.place = place_of(node.source(), file);
  if (const auto* table = node.as_table()) {
    result.type = TomlNode::Type::Table;
    for (const auto& [key, value] : *table) {
      auto member = convert(value, file);
      member.place = place_of(key.source(), file);
      result.members.emplace_back(std::string(key.str()), std::move(member));
    }
  } else if (const auto* array = node.as_array()) {
    result.type = TomlNode::Type::Array;
    for (const auto& item : *array) result.items.push_back(convert(item, file));
  } else if (const auto* text = node.as_string()) {
    result.type = TomlNode::Type::Text;
    result.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    result.type = TomlNode::Type::Integer;
    result.integer = integer->get();
  } else if (const auto* boolean = node.as_boolean()) {
    result.type = TomlNode::Type::Boolean;
    result.boolean = boolean->get();
  } else {
    result.type = node.is_floating_point() ? TomlNode::Type::Float : TomlNode::Type::Time;
  }
  return result;
}

}  // namespace

std::string Place::text() const {
  if (file.empty()) return "default";
  return line == 0 ? file : file + ":" + std::to_string(line);
}

std::string Problem::text() const {
  std::string text;
  if (!place.file.empty()) text = place.text() + ": ";
  if (!key.empty()) text += key + ": ";
  return text + message;
}

const TomlNode* TomlNode::find(std::string_view name) const {
  for (const auto& [key, value] : members) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::string_view name_of(TomlNode::Type type) {
  switch (type) {
    case TomlNode::Type::Boolean:
      return "true or false";
    case TomlNode::Type::Integer:
      return "an integer";
    case TomlNode::Type::Text:
      return "a text";
    case TomlNode::Type::Float:
      return "a number with a fraction";
    case TomlNode::Type::Time:
      return "a date or time";
    case TomlNode::Type::Array:
      return "an array";
    case TomlNode::Type::Table:
      return "a table";
  }
  return "";
}

std::variant<TomlNode, Problem> parse_toml(std::string_view text, const std::string& file) {
  try {
    return convert(toml::parse(text, file), file);
  } catch (const toml::parse_error& error) {
    // The library's description can quote what it read, which may be a part of a password.
    std::string what(error.description());
    what = what.substr(0, what.find_first_of(";,'\""));
    while (!what.empty() && what.back() == ' ') what.pop_back();
    return Problem{
        place_of(error.source(), file), "",
        "not TOML (column " + std::to_string(error.source().begin.column) + "): " + what};
  }
}

std::variant<TomlNode, Problem> read_toml(const std::string& file) {
  const auto failed = [&](int error) {
    return Problem{{file, 0}, "", "cannot be read: " + std::generic_category().message(error)};
  };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "rbe"),
                                                               &std::fclose);
  if (!stream) return failed(errno);
  std::string text(kMaxFile + 1, '\0');
  errno = 0;
  text.resize(std::fread(text.data(), 1, text.size(), stream.get()));
  if (std::ferror(stream.get()) != 0) return failed(errno);
  if (text.size() > kMaxFile) return Problem{{file, 0}, "", "is larger than 1 MiB"};
  return parse_toml(text, file);
}

void layer(TomlNode& base, const TomlNode& over) {
  for (const auto& [name, value] : over.members) {
    const auto found = std::find_if(base.members.begin(), base.members.end(),
                                    [&name = name](const auto& m) { return m.first == name; });
    if (found == base.members.end()) {
      base.members.emplace_back(name, value);
    } else if (found->second.type == TomlNode::Type::Table && value.type == TomlNode::Type::Table) {
      layer(found->second, value);
    } else {
      found->second = value;
    }
  }
}

}  // namespace postern::cli

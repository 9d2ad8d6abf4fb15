#include "cli/config_schema.hpp"

#include <algorithm>
#include <vector>

#include "cli/database_url.hpp"

namespace postern::cli {
namespace {

std::vector<std::string_view> split(std::string_view words) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= words.size();) {
    const auto end = std::min(words.find('|', begin), words.size());
    parts.push_back(words.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::string quoted_choices(const std::string& words) {
  const auto parts = split(words);
  std::string joined;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) joined += i + 1 == parts.size() ? " or " : ", ";
    joined += '"' + std::string(parts[i]) + '"';
  }
  return joined;
}

bool in_range(const Key& key, const Value& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number != nullptr && *number >= key.min && *number <= key.max;
}

bool is_word(const Key& key, const Value& value) {
  const auto* word = std::get_if<std::string>(&value);
  const auto words = split(key.words);
  return word != nullptr && std::find(words.begin(), words.end(), *word) != words.end();
}

}  // namespace

const Key* find_config_key(std::string_view name) {
  for (const auto& key : config_keys()) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

std::string allowed(const Key& key) {
  const auto range = [&] {
    return "an integer from " + std::to_string(key.min) + " to " + std::to_string(key.max);
  };
  switch (key.kind) {
    case Key::Kind::Boolean:
      return "true or false";
    case Key::Kind::Integer:
      return range();
    case Key::Kind::IntegerOrWord:
      return range() + ", or \"" + key.words + '"';
    case Key::Kind::Choice:
      return quoted_choices(key.words);
    case Key::Kind::Text:
    case Key::Kind::Secret:
    case Key::Kind::Password:
      return key.form;
  }
  return "";
}

bool accepts(const Key& key, const Value& value) {
  switch (key.kind) {
    case Key::Kind::Boolean:
      return std::holds_alternative<bool>(value);
    case Key::Kind::Integer:
      return in_range(key, value);
    case Key::Kind::IntegerOrWord:
      return in_range(key, value) || is_word(key, value);
    case Key::Kind::Choice:
      return is_word(key, value);
    case Key::Kind::Text:
    case Key::Kind::Secret:
    case Key::Kind::Password:
      return std::holds_alternative<std::string>(value) && key.check(std::get<std::string>(value));
  }
  return false;
}

std::string toml_text(const Value& value) {
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  std::string quoted = "\"";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : std::get<std::string>(value)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted.append(1, '\\').append(1, c);
    } else if (byte < 0x20 || byte == 0x7F) {
      quoted.append("\\u00").append(1, kHex[byte / 16]).append(1, kHex[byte % 16]);
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string masked(const Key& key, const std::string& text) {
  if (key.kind == Key::Kind::Secret) return mask_database_url(text);
  if (key.kind == Key::Kind::Password && !text.empty()) return std::string(kMask);
  return text;
}

std::string shown_text(const Key& key, const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return toml_text(text == nullptr ? value : Value(masked(key, *text)));
}

}  // namespace postern::cli

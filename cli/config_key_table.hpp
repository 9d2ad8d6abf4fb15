#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cli/config_schema.hpp"

namespace postern::cli {

/// Collects the rows of the schema; one short function per kind of value. Each config_keys*.cpp
/// adds those of one area.
class KeyTable {
 public:
  using Apply = void (*)(Config&, const Value&);
  using Check = bool (*)(std::string_view);

  void boolean(std::string name, bool fallback, Apply apply) {
    auto& key = add(std::move(name), Key::Kind::Boolean, apply);
    key.fallback = Value(fallback);
  }
  void number(std::string name, std::int64_t fallback, std::int64_t min, std::int64_t max,
              Apply apply) {
    auto& key = add(std::move(name), Key::Kind::Integer, apply);
    key.fallback = Value(fallback);
    key.min = min;
    key.max = max;
  }
  void number_or(std::string name, Value fallback, std::int64_t min, std::int64_t max,
                 std::string word, Apply apply) {
    auto& key = add(std::move(name), Key::Kind::IntegerOrWord, apply);
    key.fallback = std::move(fallback);
    key.min = min;
    key.max = max;
    key.words = std::move(word);
  }
  void choice(std::string name, std::string fallback, std::string words, Apply apply) {
    auto& key = add(std::move(name), Key::Kind::Choice, apply);
    key.fallback = Value(std::move(fallback));
    key.words = std::move(words);
  }
  void words(std::string name, std::optional<std::string> fallback, Check check, std::string form,
             Apply apply, Key::Kind kind = Key::Kind::Text) {
    auto& key = add(std::move(name), kind, apply);
    if (fallback) key.fallback = Value(std::move(*fallback));
    key.check = check;
    key.form = std::move(form);
  }

  std::vector<Key> keys;

 private:
  Key& add(std::string name, Key::Kind kind, Apply apply) {
    Key key;
    key.name = std::move(name);
    key.kind = kind;
    key.apply = apply;
    return keys.emplace_back(std::move(key));
  }
};

// The rows of one area each (config_keys_<area>.cpp).
void add_openskip_keys(KeyTable& table);

// An accepted value as its key's apply() reads it.
inline std::int64_t integer(const Value& value) {
  return std::get<std::int64_t>(value);
}

inline unsigned count(const Value& value) {
  return static_cast<unsigned>(integer(value));
}

inline std::size_t size(const Value& value) {
  return static_cast<std::size_t>(integer(value));
}

inline const std::string& text(const Value& value) {
  return std::get<std::string>(value);
}

inline bool flag(const Value& value) {
  return std::get<bool>(value);
}

}  // namespace postern::cli

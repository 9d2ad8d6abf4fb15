#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "cli/config.hpp"

namespace postern::cli {

using Value = std::variant<bool, std::int64_t, std::string>;

/// One key of postern.toml: the row from which reading, `config show`, the messages and (by a test)
/// docs/configuration.md follow.
struct Key {
  enum class Kind {
    Boolean,
    Integer,
    IntegerOrWord,  ///< an integer, or the one word in `words`
    Text,           ///< any text that `check` accepts
    Choice,         ///< one of `words`
    Secret,         ///< as Text, shown with its passwords masked and never quoted in a message
    Password,       ///< as Text, never shown and never quoted
  };
  std::string name;  ///< "server.issuer"
  Kind kind;
  std::optional<Value> fallback;  ///< none: the key is required
  std::int64_t min = 0, max = 0;  ///< of an integer
  std::string words;              ///< separated by '|'
  std::string form;               ///< of a text: what is allowed, for people
  bool (*check)(std::string_view) = nullptr;
  void (*apply)(Config&, const Value&) = nullptr;  ///< given an accepted value
};

/// All keys, in the order in which they are shown. [[gate.rule]] is read apart.
[[nodiscard]] std::span<const Key> config_keys();
[[nodiscard]] const Key* find_config_key(std::string_view name);

/// What the key takes, for messages and documentation: "an integer from 1 to 64".
[[nodiscard]] std::string allowed(const Key& key);
[[nodiscard]] bool accepts(const Key& key, const Value& value);
/// As TOML writes it.
[[nodiscard]] std::string toml_text(const Value& value);
/// Text with the passwords of a Secret, and a whole Password, masked.
[[nodiscard]] std::string masked(const Key& key, const std::string& text);
/// As TOML writes it, masked.
[[nodiscard]] std::string shown_text(const Key& key, const Value& value);

}  // namespace postern::cli

#pragma once

#include <string>
#include <string_view>

#include "domain/api_key.hpp"
#include "domain/api_key_list_style.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::scriptix {

inline constexpr std::string_view kDialect = "scriptix";

/// The document knows two kinds of key: tokens (`token_…`), which a person manages, and API keys
/// (`sk_<type>_…`), which keys manage, too. They differ by their type.
enum class KeyClass { Token, ApiKey };

/// The types that are tokens: batch, realtime.
[[nodiscard]] bool is_token_type(std::string_view type);
/// Whether the key is one of this dialect's of that class.
[[nodiscard]] bool is_of(KeyClass of, const domain::ApiKey& key);
/// The caller's own key of that class with the number in the path; NotFound for any other.
[[nodiscard]] domain::Result<domain::ApiKey> find_own_key(const Call& call, Services& services,
                                                          KeyClass of);

/// `{"count","total_results","result":[…]}` of what the caller has, as its query asks:
/// `offset` and `limit` (1-100).
struct ListShape {
  KeyClass of = KeyClass::Token;
  std::uint32_t usual_limit = 25;
  bool ended = false;  ///< revoked and expired ones too
  std::string (*entry)(const domain::ApiKey& key, domain::Instant now) = nullptr;
};
[[nodiscard]] Response list_of_keys(const Call& call, Services& services, const ListShape& shape);

/// What making a key refuses, in this dialect's words.
[[nodiscard]] Response refuse_key(const domain::Error& error);

}  // namespace postern::handlers::scriptix

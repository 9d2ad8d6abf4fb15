#include "domain/used_token_id.hpp"

#include <string>

#include "domain/sha256.hpp"

namespace postern::domain {
namespace {

/// Whoever comes second inserts nothing, however close behind the first.
constexpr Statement kUseTokenId{"use_token_id", R"sql(
  insert into postern.used_token_id (id_hash, expires_at)
  values ($1, $2)
  on conflict (id_hash) do nothing)sql"};

/// The issuer's length stands before it: no two pairs make the same text.
Digest hash_of(std::string_view issuer, std::string_view token_id) {
  std::string text = std::to_string(issuer.size());
  text.append(":").append(issuer).append(token_id);
  return sha256(as_bytes(text));
}

}  // namespace

bool use_token_id(Services& services, std::string_view issuer, std::string_view token_id,
                  Instant expires_at) {
  return services.database.run(kUseTokenId, {hash_of(issuer, token_id), expires_at}).affected == 1;
}

}  // namespace postern::domain

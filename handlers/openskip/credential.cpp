#include "handlers/openskip/credential.hpp"

#include <algorithm>

#include "domain/text.hpp"
#include "handlers/openskip/key_level.hpp"

namespace postern::handlers::openskip {

using domain::Principal;
using domain::Result;

std::optional<Credential> find_credential(const Request& request) {
  const auto header = request.header("authorization").value_or("");
  const auto space = std::min(header.find(' '), header.size());
  if (domain::fold(header.substr(0, space)) == "bearer") {
    return Credential{Presented::Bearer, header.substr(std::min(space + 1, header.size()))};
  }
  if (const auto key = request.header("x-api-key"); key && !key->empty()) {
    return Credential{Presented::Key, *key};
  }
  return std::nullopt;
}

std::optional<Result<Principal>> authenticate(const Request& request, Services& services) {
  const auto credential = find_credential(request);
  if (!credential) return std::nullopt;
  if (credential->presented == Presented::Bearer) {
    return domain::authenticate_access_token(services.domain, credential->value);
  }
  auto principal = domain::authenticate_key(services.domain, credential->value);
  if (principal && principal->key_dialect != kDialect && principal->key_dialect != "native") {
    return Result<Principal>(domain::Errc::KeyInvalid);
  }
  return principal;
}

}  // namespace postern::handlers::openskip

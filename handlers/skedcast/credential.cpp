#include "handlers/skedcast/credential.hpp"

#include "handlers/credential.hpp"

namespace postern::handlers::skedcast {

std::optional<domain::Result<domain::Principal>> authenticate(const Request& request,
                                                              Services& services) {
  const auto presented = find_credential(request.header("authorization"), std::nullopt);
  if (!presented || presented->as != PresentedCredential::As::Bearer) return std::nullopt;
  auto principal = domain::authenticate_bearer(services.domain, presented->value);
  if (principal && principal->key && principal->key_dialect != "skedcast" &&
      principal->key_dialect != "native") {
    return domain::Result<domain::Principal>(domain::Errc::KeyInvalid);
  }
  return principal;
}

}  // namespace postern::handlers::skedcast

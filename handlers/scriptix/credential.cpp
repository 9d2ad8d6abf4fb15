#include "handlers/scriptix/credential.hpp"

#include "handlers/credential.hpp"
#include "handlers/scriptix/key_object.hpp"

namespace postern::handlers::scriptix {
namespace {

using domain::Errc;
using domain::Principal;
using domain::Result;

bool is_taken_here(const Principal& principal) {
  return !principal.key || principal.key_dialect == kDialect || principal.key_dialect == "native";
}

}  // namespace

std::optional<Result<Principal>> authenticate(const Request& request, Services& services) {
  const auto presented =
      find_credential(request.header("authorization"), request.header("x-zoom-s2t-key"));
  if (!presented) return std::nullopt;
  if (presented->as == PresentedCredential::As::Dpop) {
    return Result<Principal>(domain::Errc::TokenWrongKind);
  }
  auto principal = presented->as == PresentedCredential::As::Bearer
                       ? domain::authenticate_bearer(services.domain, presented->value)
                       : domain::authenticate_key(services.domain, presented->value);
  if (principal && !is_taken_here(*principal)) return Result<Principal>(Errc::KeyInvalid);
  return principal;
}

}  // namespace postern::handlers::scriptix

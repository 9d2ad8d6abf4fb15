#include "domain/webauthn_client_data.hpp"

#include <algorithm>

#include "domain/webauthn_party.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kMostBytes = 8192;  ///< browsers write some hundreds

Error refused(const char* reason) {
  return Error{Errc::InvalidInput, "client_data", reason};
}

std::string_view type_for(ChallengePurpose purpose) {
  return purpose == ChallengePurpose::Register ? "webauthn.create" : "webauthn.get";
}

}  // namespace

Result<Challenge> check_client_data(const Services& services, const WebauthnClientData& client,
                                    AccountId account, ChallengePurpose purpose) {
  if (client.raw.size() > kMostBytes) return refused("too_long");
  if (client.type != type_for(purpose)) return refused("wrong_type");
  const auto origins = origins_of(services.settings);
  if (std::find(origins.begin(), origins.end(), client.origin) == origins.end()) {
    return refused("wrong_origin");
  }
  if (client.cross_origin) return refused("cross_origin");
  return read_challenge(services, client.challenge, account, purpose);
}

}  // namespace postern::domain

#include "handlers/sso/sign_in.hpp"

#include <algorithm>

#include "domain/network.hpp"
#include "handlers/sso/address.hpp"
#include "handlers/sso/attempt.hpp"
#include "handlers/sso/browser_cookie.hpp"
#include "handlers/sso/digest.hpp"
#include "handlers/sso/exchange.hpp"
#include "handlers/sso/provider_memory.hpp"

namespace postern::handlers::sso {
namespace {

using domain::Errc;
using domain::Error;

/// For people who still have to type a password there.
constexpr domain::seconds kAttemptLifetime = domain::minutes(10);
constexpr std::size_t kLongestState = 512;

Error invalid(std::string field) {
  return {Errc::InvalidInput, std::move(field), "not_allowed"};
}

bool may_return(const Settings& settings, const Wish& wish, const Services& services) {
  if (wish.returns_to_us) return is_safe_address(wish.return_to);
  if (wish.delivery == Delivery::Code) return may_return_to(wish.return_to, settings.return_urls);
  const auto& allowed = services.settings.scriptix.redirect_uris;
  return is_safe_address(wish.return_to) &&
         std::find(allowed.begin(), allowed.end(), wish.return_to) != allowed.end();
}

domain::Outcome check_wish(const Wish& wish, const Services& services) {
  if (!may_return(services.settings.sso, wish, services)) return invalid("return_to");
  const bool printable = std::all_of(wish.state.begin(), wish.state.end(),
                                     [](char c) { return c >= 0x20 && c < 0x7F; });
  if (!printable || wish.state.size() > kLongestState) return invalid("state");
  if (!wish.challenge.empty() && !is_random_text(wish.challenge)) return invalid("code_challenge");
  return domain::done;
}

/// Each attempt is a row: how many a visitor may leave behind has a limit.
domain::Outcome count_attempt(const Request& request, Services& services) {
  const auto limit = services.settings.sso.sign_ins_per_minute;
  if (limit == 0) return domain::done;
  const auto charge =
      services.domain.limiter.charge("sso:" + domain::network_of(request.remote_address),
                                     {limit, domain::minutes(1)}, services.domain.clock.uptime());
  if (charge.allowed) return domain::done;
  return Error{Errc::TooManyAttempts, {}, {}, charge.retry_after};
}

std::string authorization_address(const Services& services, const Provider& provider,
                                  const Metadata& metadata, const Attempt& attempt,
                                  std::string_view state) {
  std::string address = metadata.authorization_endpoint;
  const auto add = [&](std::string_view name, std::string_view value) {
    address = with_parameter(std::move(address), name, value);
  };
  add("response_type", "code");
  add("client_id", provider.client_id);
  add("redirect_uri", callback_address(services, provider));
  add("scope", provider.scopes);
  add("state", state);
  add("nonce", attempt.nonce);
  add("code_challenge", s256(attempt.verifier));
  add("code_challenge_method", "S256");
  return address;
}

}  // namespace

domain::Result<Response> start_sign_in(const Request& request, Services& services,
                                       const Wish& wish) {
  const auto* provider = services.settings.sso.find(wish.provider);
  if (provider == nullptr || services.providers == nullptr) return Errc::NotFound;
  if (const auto checked = check_wish(wish, services); !checked) return checked.error();
  if (const auto counted = count_attempt(request, services); !counted) return counted.error();
  const auto metadata = services.providers->metadata(*provider, services.domain.clock.uptime());
  if (!metadata) return metadata.error();

  auto& random = services.domain.random;
  const Attempt attempt{random_text(random), random_text(random), browser_of(request, services),
                        wish};
  const auto state =
      domain::begin_sso(services.domain, {provider->name, write(attempt)}, kAttemptLifetime);
  Response response(303);
  response.set("Location",
               authorization_address(services, *provider, **metadata, attempt, state.reveal()));
  set_browser_cookie(response, services, attempt.browser);
  return response;
}

}  // namespace postern::handlers::sso

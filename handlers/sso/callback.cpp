#include "domain/text.hpp"
#include "fcgi/log.hpp"
#include "fcgi/uri.hpp"
#include "handlers/native/problem.hpp"
#include "handlers/native/query_reader.hpp"
#include "handlers/oauth/provider_sign_in.hpp"
#include "handlers/sso/address.hpp"
#include "handlers/sso/attempt.hpp"
#include "handlers/sso/browser_cookie.hpp"
#include "handlers/sso/digest.hpp"
#include "handlers/sso/exchange.hpp"
#include "handlers/sso/issuer.hpp"
#include "handlers/sso/provider_memory.hpp"
#include "handlers/sso/sign_in.hpp"

namespace postern::handlers::sso {
namespace {

using domain::Errc;
using domain::Error;
using domain::Result;

/// From the redirection to the request that follows it.
constexpr domain::seconds kGrantLifetime{60};
constexpr std::size_t kLongestCode = 4096;

/// What the provider put into the address (RFC 6749 section 4.1.2, RFC 9207).
struct Brought {
  std::string state;
  std::optional<std::string> code, error, issuer;
};

void log_refusal(const Request& request, const Provider& provider, const Error& error) {
  fcgi::log(fcgi::LogLevel::Warning, "sso_refused",
            {{"request", request.id},
             {"provider", provider.name},
             {"code", domain::name_of(error.code)},
             {"why", error.detail}});
}

/// The attempt that this browser began with this provider. Taken up, whatever comes of it.
Result<Attempt> take_attempt(const Call& call, Services& services, const Provider& provider,
                             std::string_view state) {
  const auto stored = domain::take_sso(services.domain, state);
  if (!stored) return stored.error();
  const auto attempt = read_attempt(*stored);
  if (!attempt || stored->provider != provider.name ||
      !is_same_browser(call.request, services, attempt->browser)) {
    return Error{Errc::LinkInvalid, {}, {}, domain::seconds(0), "another provider or browser"};
  }
  return *attempt;
}

/// Mixed up providers are found out before any of them is shown the code.
domain::Outcome check_issuer(Services& services, const Provider& provider, const Brought& brought) {
  if (brought.issuer) {
    if (accepts_response_issuer(provider, *brought.issuer)) return domain::done;
    return refused("response: iss");
  }
  const auto metadata = services.providers->metadata(provider, services.domain.clock.uptime());
  if (!metadata) return metadata.error();
  if ((*metadata)->names_issuer) return refused("response: no iss");
  return domain::done;
}

Result<domain::VouchedIdentity> identify(Services& services, const Provider& provider,
                                         const Attempt& attempt, const Brought& brought) {
  if (const auto checked = check_issuer(services, provider, brought); !checked) {
    return checked.error();
  }
  if (brought.error) {
    return refused("response: " + domain::printable_excerpt(*brought.error, 64));
  }
  if (!brought.code || brought.code->empty() || brought.code->size() > kLongestCode) {
    return refused("response: no code");
  }
  return exchange_code(services, provider, attempt, *brought.code);
}

/// Back to whom it was begun for.
Response send_on(const Attempt& attempt, std::string_view name, std::string_view value) {
  auto address = with_parameter(attempt.wish.return_to, name, value);
  if (!attempt.wish.state.empty()) {
    address = with_parameter(std::move(address), "state", attempt.wish.state);
  }
  Response response(303);
  response.set("Location", address);
  response.set("Referrer-Policy", "no-referrer");
  return response;
}

Response send_refusal(const Call& call, const Provider& provider, const Attempt& attempt,
                      const Error& error) {
  log_refusal(call.request, provider, error);
  return send_on(attempt, "error", native::problem_of(error.code).code);
}

Response deliver(const Call& call, Services& services, const Provider& provider,
                 const Attempt& attempt, const domain::VouchedIdentity& identity) {
  if (attempt.wish.delivery == Delivery::Code) {
    const auto code = domain::begin_sso(
        services.domain,
        {provider.name, write(Grant{identity, attempt.wish.kind, attempt.wish.challenge})},
        kGrantLifetime);
    return send_on(attempt, "code", code.reveal());
  }
  if (attempt.wish.delivery == Delivery::Browser) {
    auto entered =
        oauth::enter_vouched(call, services, identity, provider.rules, attempt.wish.return_to);
    return entered ? *std::move(entered) : send_refusal(call, provider, attempt, entered.error());
  }
  const auto tokens = domain::sign_in_with_identity(services.domain, identity, provider.rules,
                                                    attempt.wish.kind, call.origin());
  if (!tokens) return send_refusal(call, provider, attempt, tokens.error());
  auto response = send_on(attempt, "access_token", tokens->access.reveal());
  response.log_account = tokens->account.id.text();
  return response;
}

}  // namespace

Response finish_at_callback(const Call& call, Services& services) {
  const auto* provider = services.settings.sso.find(call.path.at("provider"));
  if (provider == nullptr || services.providers == nullptr) return native::not_found(call.request);
  native::QueryReader query(call.request);
  const Brought brought{query.text("state").value_or(""), query.text("code"), query.text("error"),
                        query.text("iss")};
  if (auto refusal = query.refusal()) return *std::move(refusal);

  const auto attempt = take_attempt(call, services, *provider, brought.state);
  if (!attempt) {
    log_refusal(call.request, *provider, attempt.error());
    return native::refuse(call.request, attempt.error());
  }
  const auto identity = identify(services, *provider, *attempt, brought);
  if (!identity && brought.error == "access_denied") {  // the person's own choice
    return send_on(*attempt, "error", *brought.error);
  }
  if (!identity) return send_refusal(call, *provider, *attempt, identity.error());
  return deliver(call, services, *provider, *attempt, *identity);
}

Result<domain::Tokens> redeem_code(const Call& call, Services& services, std::string_view code,
                                   std::string_view verifier) {
  const auto stored = domain::take_sso(services.domain, code);
  if (!stored) return stored.error();
  const auto grant = read_grant(*stored);
  const auto* provider = services.settings.sso.find(stored->provider);
  if (!grant || provider == nullptr) return Errc::LinkInvalid;
  const bool matches =
      grant->challenge.empty() ? verifier.empty() : s256(verifier) == grant->challenge;
  if (!matches) return Errc::LinkInvalid;
  return domain::sign_in_with_identity(services.domain, grant->identity, provider->rules,
                                       grant->kind, call.origin());
}

}  // namespace postern::handlers::sso

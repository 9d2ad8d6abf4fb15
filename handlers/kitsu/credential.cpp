#include "handlers/kitsu/credential.hpp"

#include "domain/access_token.hpp"
#include "domain/bot_token.hpp"
#include "fcgi/trim.hpp"
#include "handlers/kitsu/errors.hpp"

namespace postern::handlers::kitsu {
namespace {

using domain::Errc;
using domain::Principal;
using domain::Result;
using Way = PresentedToken::Way;

/// The framework cuts white space, and commas at the ends.
constexpr std::string_view kAround = " \t,";

Result<Principal> check(Services& services, std::string_view token) {
  if (!domain::looks_like_token(token)) return Errc::TokenInvalid;
  return domain::authenticate_bearer(services.domain, token);
}

/// Whose it was.
std::optional<domain::AccountId> owner_of(Services& services, std::string_view token) {
  if (domain::looks_like_bot_token(token)) {
    const auto claims = domain::read_bot_token(services.domain.ring, token);
    return claims ? std::optional(claims->account) : std::nullopt;
  }
  const auto claims = domain::verify_access_token(services.domain, token);
  return claims ? std::optional(claims->subject) : std::nullopt;
}

/// A token that was revoked with its account is told what became of that.
domain::Error explained(Services& services, domain::Error error, std::string_view token) {
  if (error.code != Errc::TokenRevoked && error.code != Errc::KeyRevoked) return error;
  const auto owner = owner_of(services, token);
  if (!owner) return error;
  const auto account = domain::find_account(services.domain, *owner);
  if (!account) return {Errc::AccountGone};
  return account->may_act() ? error : domain::Error{Errc::AccountInactive};
}

}  // namespace

PresentedToken find_header_token(const Request& request) {
  const auto header = fcgi::trimmed(request.header("authorization").value_or(""), kAround);
  if (header.empty()) return {};
  const auto space = header.find_first_of(" \t");
  if (header.substr(0, space) != "Bearer") return {Way::OtherScheme, {}};
  if (space == std::string_view::npos) return {Way::Malformed, {}};
  const auto value = fcgi::trimmed(header.substr(space), kAround);
  if (value.find_first_of(" \t,") != std::string_view::npos) return {Way::Malformed, {}};
  return {Way::Header, value};
}

PresentedToken find_token(const Request& request, const KitsuSettings& settings,
                          std::string_view cookie) {
  if (settings.browser_cookies) {
    const auto held = request.cookie(cookie);
    if (held && !held->empty()) return {Way::Cookie, *held};
  }
  return find_header_token(request);
}

std::optional<Result<Principal>> authenticate(const Request& request, Services& services) {
  const auto presented = find_token(request, services.settings.kitsu, kAccessCookie);
  switch (presented.way) {
    case Way::None:
    case Way::OtherScheme:
      return std::nullopt;
    case Way::Malformed:
      return domain::Error{Errc::TokenInvalid, {}, std::string(kFaultHeader)};
    case Way::Header:
    case Way::Cookie:
      break;
  }
  auto principal = check(services, presented.text);
  if (principal) return principal;
  auto error = explained(services, principal.error(), presented.text);
  error.reason = fault_of(presented.text);
  return error;
}

}  // namespace postern::handlers::kitsu

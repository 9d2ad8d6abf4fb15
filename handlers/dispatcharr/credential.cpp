#include "handlers/dispatcharr/credential.hpp"

#include <algorithm>
#include <vector>

#include "domain/access_token.hpp"
#include "domain/api_key.hpp"
#include "domain/text.hpp"
#include "handlers/dispatcharr/networks.hpp"
#include "handlers/dispatcharr/profile.hpp"

namespace postern::handlers::dispatcharr {
namespace {

using domain::Errc;
using domain::Error;
using domain::Principal;
using domain::Result;

/// Words between white space, at most three: nobody needs more.
std::vector<std::string_view> words_of(std::string_view text) {
  constexpr std::string_view kSpace = " \t";
  std::vector<std::string_view> words;
  while (words.size() < 3) {
    const auto begin = text.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const auto end = std::min(text.find_first_of(kSpace), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

/// A session ends together with what ended it: say which, where it was the account itself.
Error explain_revoked(Services& services, std::string_view token, const Error& error) {
  const auto claims = domain::verify_access_token(services.domain, token);
  if (!claims) return error;
  const auto account = domain::find_account(services.domain, claims->subject);
  if (!account) return account.error().code == Errc::NotFound ? Error{Errc::AccountGone} : error;
  return account->may_act() ? error : Error{Errc::AccountInactive};
}

Result<Principal> authenticate_bearer(Services& services, const Credential& credential) {
  if (credential.malformed) return Error{Errc::TokenInvalid, "", std::string(kMalformedHeader)};
  auto principal = domain::authenticate_access_token(services.domain, credential.value);
  if (!principal && principal.error().code == Errc::TokenRevoked)
    return explain_revoked(services, credential.value, principal.error());
  return principal;
}

/// The original knows no key but those of its own API, which are native ones: another dialect's is
/// none (rule R10).
Result<Principal> authenticate_key(Services& services, std::string_view text) {
  auto principal = domain::authenticate_key(services.domain, text);
  if (principal && principal->key_dialect != "native") return Errc::KeyInvalid;
  return principal;
}

}  // namespace

std::optional<Credential> find_credential(const Request& request) {
  const auto words = words_of(request.header("authorization").value_or(""));
  if (!words.empty() && words[0] == "Bearer") {
    if (words.size() != 2) return Credential{Presented::Bearer, "", true};
    return Credential{Presented::Bearer, words[1]};
  }
  if (const auto key = request.header("x-api-key"); key && !key->empty())
    return Credential{Presented::Key, *key};
  if (words.size() == 2 && domain::fold(words[0]) == "apikey")
    return Credential{Presented::Key, words[1]};
  return std::nullopt;
}

std::optional<Result<Principal>> authenticate(const Request& request, Services& services) {
  const auto credential = find_credential(request);
  if (!credential) return std::nullopt;
  auto principal = credential->presented == Presented::Bearer
                       ? authenticate_bearer(services, *credential)
                       : authenticate_key(services, credential->value);
  if (principal && !network_allowed(services, principal->account.id, request.remote_address))
    return Result<Principal>(Errc::NotPermitted);
  return principal;
}

bool has_full_power(const Principal& principal, Services& services) {
  if (!principal.key) return principal.session.has_value();
  const auto key = domain::find_key(services.domain, *principal.key);
  return key && key->kind == domain::KeyKind::Personal;
}

bool network_allowed(Services& services, domain::AccountId account, std::string_view address) {
  return networks_admit(load_profile(services, account).custom_properties, address);
}

}  // namespace postern::handlers::dispatcharr

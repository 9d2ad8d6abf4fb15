#include "domain/check_credential.hpp"

#include <algorithm>

#include "domain/bot_token.hpp"
#include "domain/credential_cache.hpp"
#include "domain/principals.hpp"
#include "domain/signed_claims.hpp"

namespace postern::domain {
namespace {

/// A question that the cache could not answer, and what becomes of it.
struct Asked {
  std::size_t number;  ///< among those presented
  CredentialCache::Fingerprint print{};
  Result<Principal> answer = Errc::TokenInvalid;
  CacheRecord record{};
};

/// What a credential can be, by its form and the way it was presented.
enum class Form { SignedToken, BotToken, Key, BrowserCookie };

Form form_of(const Presentation& presented) {
  if (presented.as == PresentedAs::Key) return Form::Key;
  if (presented.as == PresentedAs::Dpop) return Form::SignedToken;
  if (presented.as == PresentedAs::Cookie) return Form::BrowserCookie;
  if (looks_like_bot_token(presented.credential)) return Form::BotToken;
  return looks_like_token(presented.credential) ? Form::SignedToken : Form::Key;
}

/// Nothing that is protected is open to who has to set up a second factor first.
Result<Principal> fit(Result<Principal> answer) {
  if (answer.ok() && answer->lacks_second_factor) return Errc::SecondFactorRequired;
  return answer;
}

/// Tokens of one kind whose claims are sound, and who asked.
template <class Claims>
struct Sound {
  std::vector<Asked*> questions;
  std::vector<Claims> claims;

  void add(Asked& asked, Result<Claims> judged) {
    if (!judged.ok()) {
      asked.answer = judged.error();
      return;
    }
    questions.push_back(&asked);
    claims.push_back(*std::move(judged));
  }
  void answer(std::vector<Result<Principal>> answers) {
    for (std::size_t i = 0; i < questions.size(); ++i) {
      questions[i]->answer = fit(std::move(answers[i]));
    }
  }
};

/// A bound token without its key is worth nothing, and one that is not bound proves nothing.
Result<OAuthClaims> judge_client_token(const Services& services, PresentedAs as,
                                       const FlatJson& json) {
  auto claims = judge_oauth_claims(services, json);
  if (!claims.ok()) return claims;
  if (claims->dpop_jkt.empty() == (as == PresentedAs::Dpop)) return Errc::TokenWrongKind;
  return claims;
}

void ask_for_tokens(Services& services, std::span<const Presentation> presented,
                    std::vector<Asked>& questions) {
  SignedTokenReader reader(services);
  Sound<AccessClaims> own;
  Sound<OAuthClaims> of_clients;
  for (Asked& asked : questions) {
    const auto& each = presented[asked.number];
    if (form_of(each) != Form::SignedToken) continue;
    const auto json = reader.read(each.credential);
    if (!json) continue;  // the answer is TokenInvalid from the start
    if (each.as == PresentedAs::Dpop || json->text("token_type") == kOAuthTokenType) {
      of_clients.add(asked, judge_client_token(services, each.as, *json));
    } else {
      own.add(asked, judge_access_claims(services, *json));
    }
  }
  own.answer(find_principals(services, own.claims));
  of_clients.answer(find_principals_of_grants(services, of_clients.claims));
}

using VerifyAll = std::vector<Result<VerifiedKey>> (*)(Services&,
                                                       std::span<const std::string_view>);

/// Keys, or bots' tokens.
void ask_for_keys(Services& services, std::span<const Presentation> presented,
                  std::vector<Asked>& questions, Form form, VerifyAll verify) {
  std::vector<Asked*> keys;
  std::vector<std::string_view> texts;
  for (Asked& asked : questions) {
    const auto& each = presented[asked.number];
    if (form_of(each) != form) continue;
    keys.push_back(&asked);
    texts.push_back(each.credential);
  }
  auto answers = verify(services, texts);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    Asked& asked = *keys[i];
    if (!answers[i].ok()) {
      asked.answer = answers[i].error();
      continue;
    }
    asked.record.key = answers[i]->principal.key;
    asked.record.key_used_at = answers[i]->last_used_at;
    asked.answer = std::move(answers[i]->principal);
  }
}

void ask_for_browsers(Services& services, std::span<const Presentation> presented,
                      std::vector<Asked>& questions) {
  std::vector<Asked*> browsers;
  std::vector<std::string_view> cookies;
  for (Asked& asked : questions) {
    const auto& each = presented[asked.number];
    if (form_of(each) != Form::BrowserCookie) continue;
    browsers.push_back(&asked);
    cookies.push_back(each.credential);
  }
  auto answers = find_principals_of_browsers(services, cookies);
  for (std::size_t i = 0; i < browsers.size(); ++i) {
    browsers[i]->answer = fit(std::move(answers[i]));
  }
}

/// Refusals that nothing takes back. All others are asked anew each time.
bool is_final(Errc refusal) {
  return refusal == Errc::TokenRevoked || refusal == Errc::KeyRevoked;
}

void complete(CacheRecord& record, const Services& services, const Result<Principal>& answer) {
  record.valid_until = services.clock.now() + services.settings.cache.lifetime;
  if (!answer.ok()) return;
  record.valid_until = std::min(record.valid_until, answer->good_until);
  record.account = answer->account.id;
  record.credential = answer->session ? answer->session->uuid : answer->key->uuid;
}

/// Whether the use of the key, if it is one, is noted in the cache now.
bool remember(Services& services, CredentialCache::Stamp stamp, Asked& asked,
              const IdentityText& identity) {
  CredentialCache& cache = services.memory->cache;
  CachedCheck check;
  if (!asked.answer.ok()) {
    if (!is_final(asked.answer.error().code)) return false;
    check.refusal = asked.answer.error().code;
  } else if (!check.identity.assign(identity.fields())) {
    cache.count_too_large();
    return false;
  }
  complete(asked.record, services, asked.answer);
  const auto evicted = cache.store(asked.print, stamp, services.clock, asked.record, check);
  if (evicted) note_key_use(services, evicted->key, evicted->at);
  return cache.enabled();
}

void note_use(Services& services, const Asked& asked) {
  if (!asked.record.key) return;
  const Instant now = services.clock.now();
  const auto& last = asked.record.key_used_at;
  if (!last || *last <= now - CredentialCache::kUsePeriod) {
    note_key_use(services, *asked.record.key, now);
  }
}

}  // namespace

CredentialCheck check_credential(Services& services, PresentedAs as, std::string_view credential) {
  const Presentation presented{as, credential};
  return std::move(check_credentials(services, {&presented, 1}).front());
}

std::vector<CredentialCheck> check_credentials(Services& services,
                                               std::span<const Presentation> presented) {
  std::vector<CredentialCheck> checks(presented.size());
  std::vector<Asked> questions;
  for (std::size_t i = 0; i < presented.size(); ++i) {
    Asked question{.number = i};
    if (services.memory != nullptr) {
      CachedCheck found;
      question.print = services.memory->fingerprints.of(presented[i].as, presented[i].credential);
      if (services.memory->cache.find(question.print, services.clock, found)) {
        checks[i] = {found.refusal, IdentityText(found.identity.fields())};
        continue;
      }
    }
    questions.push_back(std::move(question));
  }
  // Before the database is asked, so that whatever is revoked from here on is known to be newer.
  const auto stamp = services.memory != nullptr ? services.memory->cache.stamp() : 0;
  ask_for_tokens(services, presented, questions);
  ask_for_keys(services, presented, questions, Form::BotToken, find_principals_of_tokens);
  ask_for_keys(services, presented, questions, Form::Key, verify_keys);
  ask_for_browsers(services, presented, questions);
  for (Asked& asked : questions) {
    CredentialCheck& check = checks[asked.number];
    if (asked.answer.ok()) {
      check.identity = IdentityText(*asked.answer);
    } else {
      check.refusal = asked.answer.error().code;
    }
    const bool noted =
        services.memory != nullptr && remember(services, stamp, asked, check.identity);
    if (!noted) note_use(services, asked);
  }
  return checks;
}

}  // namespace postern::domain

#include <gtest/gtest.h>

#include <map>

#include "domain/browser_session.hpp"
#include "domain/password_change.hpp"
#include "handlers/native/native.hpp"
#include "tests/support/handler_world.hpp"
#include "tests/support/oauth_world.hpp"

// Every route of the native table against every kind of credential (CVE-2025-61928,
// CVE-2024-3656). It is driven by the table: a new route is covered by being there.

namespace postern::handlers {
namespace {

using domain::Secret;
using test::HandlerWorld;

enum class Held {
  Nothing,
  Garbage,
  MemberSession,
  AdminSession,
  MemberKey,
  AdminKey,
  RevokedSession,
  RevokedKey,
  ExpiredToken,
  DisabledsToken,
  DisabledsKey,
  RefreshToken,
  ClientsToken,  ///< of a client of OAuth, for all of the site, an administrator's
  ClientsBoundToken,
  ClientsRefreshToken,
  BrowsersCookie,  ///< as a bearer token
};
constexpr Held kAllHeld[] = {
    Held::Nothing,      Held::Garbage,           Held::MemberSession,       Held::AdminSession,
    Held::MemberKey,    Held::AdminKey,          Held::RevokedSession,      Held::RevokedKey,
    Held::ExpiredToken, Held::DisabledsToken,    Held::DisabledsKey,        Held::RefreshToken,
    Held::ClientsToken, Held::ClientsBoundToken, Held::ClientsRefreshToken, Held::BrowsersCookie};

constexpr int kThrough = 0;  ///< the guard lets it pass; the handler answers, whatever it answers

int expected_status(Guard guard, Held held) {
  const bool session = held == Held::MemberSession || held == Held::AdminSession;
  const bool admin = held == Held::AdminSession || held == Held::AdminKey;
  const bool valid = session || admin || held == Held::MemberKey;
  switch (guard) {
    case Guard::Anyone:
      return kThrough;
    case Guard::Loopback:
      return 403;  // none of these comes from the machine itself
    case Guard::Credential:
    case Guard::Person:  // there is no bot among them
      return valid ? kThrough : 401;
    case Guard::Session:
      return !valid ? 401 : session ? kThrough : 403;
    case Guard::Admin:
      return !valid ? 401 : admin ? kThrough : 403;
    case Guard::AdminSession:
      return !valid ? 401 : admin && session ? kThrough : 403;
  }
  return -1;
}

/// A world with one credential of each kind, each of an account of its own, so that a route that
/// ends one leaves the others.
class Wallet {
 public:
  explicit Wallet(HandlerWorld& world) : world_(world) {
    auto& services = world.domain.services;
    const auto& origin = world.domain.origin;
    hold(Held::Garbage, Secret("garbage"));

    // The lifetime of an access token passes, but not that of its session.
    hold(Held::ExpiredToken, world.signed_in("expired").access);
    world.domain.clock.advance(world.domain.settings.sessions.at(0).access_lifetime);

    const auto member = world.signed_in("member");
    hold(Held::MemberSession, member.access);
    hold(Held::RefreshToken, world.signed_in("refresher").refresh);
    hold(Held::AdminSession, world.signed_in("chief", "admin").access);
    world.signed_in("spare", "admin");  // so that no refusal is due to the last administrator
    hold(Held::MemberKey, world.key_of(world.domain.account("keyholder").id));
    hold(Held::AdminKey, world.key_of(world.domain.account("robot", "admin").id));

    const auto out = world.signed_in("out");
    hold(Held::RevokedSession, out.access);
    (void)domain::end_session(services, out.account.id, out.session, domain::AuditEvent::LoggedOut,
                              std::nullopt, origin);
    const auto lost = world.domain.account("lost");
    hold(Held::RevokedKey, world.key_of(lost.id));
    (void)domain::revoke_personal_key(services, lost.id, std::nullopt, origin);

    const auto gone = world.signed_in("gone");
    hold(Held::DisabledsToken, gone.access);
    hold(Held::DisabledsKey, world.key_of(gone.account.id));
    domain::AccountChange disable;
    disable.is_active = false;
    (void)domain::update_account(services, gone.account.id, disable, std::nullopt, origin);
    hold_of_clients();
  }

  [[nodiscard]] const Secret& get(Held held) const { return secrets_.at(held); }

 private:
  void hold_of_clients() {
    test::OAuthWorld oauth(world_.domain);
    const auto client = oauth.client().client;
    const auto account = world_.domain.account("patron", "admin");
    const auto tokens = oauth.tokens(client, account);
    hold(Held::ClientsToken, tokens.access);
    hold(Held::ClientsRefreshToken, *tokens.refresh);
    const domain::TokenProof proof{"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"};
    const auto code = oauth.code(client, account);
    hold(Held::ClientsBoundToken,
         oauth.redeem(world_.domain.services, client, code, proof).value().access);
    const auto session = domain::sign_in_browser(
        world_.domain.services, {account.username, Secret(test::DomainWorld::kPassword)},
        world_.domain.origin);
    hold(Held::BrowsersCookie, domain::browser_cookie(world_.domain.ring, session.value().id));
  }
  void hold(Held held, const Secret& secret) { secrets_.insert_or_assign(held, secret); }

  HandlerWorld& world_;
  std::map<Held, Secret> secrets_{{Held::Nothing, Secret()}};
};

std::string target_of(const Route& route) {
  std::string target(route.pattern);
  const auto id = target.find("{id}");
  if (id != std::string::npos) target.replace(id, 4, "0192f0c1-2b3c-7d4e-8f50-617283940a1b");
  const auto name = target.find("{name}");
  if (name != std::string::npos) target.replace(name, 6, "editor");
  return target;
}

void expect_as_guarded(const Route& route, Held held, const Response& response) {
  const auto expected = expected_status(route.guard, held);
  const auto code = test::json_of(response)["code"].asString();
  const auto what = std::string(route.name) + " with credential " +
                    std::to_string(static_cast<int>(held)) + ": " + response.body();
  if (expected != kThrough) {
    EXPECT_EQ(response.status(), expected) << what;
    return;
  }
  for (const auto* guard_code :
       {"credential_required", "invalid_token", "token_expired", "invalid_key", "key_revoked",
        "key_expired", "account_inactive", "insufficient_scope", "loopback_only"}) {
    EXPECT_NE(code, guard_code) << what;
  }
  EXPECT_LT(response.status(), 500) << what;
}

class GuardMatrix : public testing::TestWithParam<Route> {};

TEST_P(GuardMatrix, B7n22AndB7n24EachCredentialAsItsGuardSays) {
  const auto& route = GetParam();
  HandlerWorld world;
  const Wallet wallet(world);
  for (const auto held : kAllHeld) {
    const auto response = world.send(route.method, target_of(route), Json::Value(Json::objectValue),
                                     wallet.get(held));
    expect_as_guarded(route, held, response);
  }
}

std::vector<Route> all_routes() {
  const auto routes = native_dialect().routes;
  return {routes.begin(), routes.end()};
}

std::string name_of_row(const testing::TestParamInfo<Route>& info) {
  std::string name;
  bool upper = true;
  for (const char c : info.param.name) {
    if (c == '.') {
      upper = true;
      continue;
    }
    name += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    upper = false;
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(EveryRoute, GuardMatrix, testing::ValuesIn(all_routes()), name_of_row);

}  // namespace
}  // namespace postern::handlers

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "domain/bot_token.hpp"
#include "domain/browser_session.hpp"
#include "domain/check_credential.hpp"
#include "domain/id_token.hpp"
#include "domain/oauth_pushed.hpp"
#include "domain/session.hpp"
#include "domain/standing_refresh.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using test::OAuthWorld;

/// Rule R10 (CVE-2026-19349): every kind of credential in every slot that takes one.
class CrossUse : public testing::Test {
 protected:
  CrossUse() {
    const auto account = world.account();
    const auto native = world.login();
    const auto dispatcharr = world.login("alice", SessionKind::Dispatcharr);
    const auto kitsu = world.login("alice", SessionKind::Kitsu);
    const auto script = issue_bot_token(world.services, account.id, {}, {}, world.origin);
    const auto named = issue_key(world.services, account.id, {"ci", {}, {}}, {}, world.origin);
    const auto personal = generate_personal_key(world.services, account.id, {}, world.origin);
    const auto text = [](const Secret& secret) { return std::string(secret.reveal()); };
    credentials = {{"password", DomainWorld::kPassword},
                   {"native access", text(native.access)},
                   {"dispatcharr access", text(dispatcharr.access)},
                   {"native refresh", text(native.refresh)},
                   {"dispatcharr refresh", text(dispatcharr.refresh)},
                   {"kitsu access", text(kitsu.access)},
                   {"kitsu refresh", text(kitsu.refresh)},
                   {"script token", text(script->text)},
                   {"named key", text(named->text)},
                   {"personal key", text(personal->text)},
                   {"shown prefix of a key", personal->key.key_prefix},
                   {"session id", native.session.text()},
                   {"key id", named->key.id.text()},
                   {"account id", account.id.text()},
                   {"account number", std::to_string(account.number)},
                   {"username", "alice"},
                   {"password hash", sql("select password_hash from postern.account")},
                   {"key hash", sql("select encode(secret_hash, 'hex') from postern.api_key"
                                    " where kind = 2")},
                   {"kid", sql("select kid from postern.signing_key where alg = 'ES256'")},
                   {"nothing", ""}};
    add_oauth(account);
    auto& services = world.services;
    const auto& origin = world.origin;
    slots = {
        {"password",
         [&](const std::string& c) {
           return sign_in(services, {"alice", Secret(c)}, origin).ok();
         }},
        {"access token",
         [&](const std::string& c) { return authenticate_access_token(services, c).ok(); }},
        {"key", [&](const std::string& c) { return authenticate_key(services, c).ok(); }},
        {"bearer", [&](const std::string& c) { return authenticate_bearer(services, c).ok(); }},
        {"native refresh",
         [&](const std::string& c) {
           return refresh_session(services, SessionKind::Native, c, origin).ok();
         }},
        {"dispatcharr refresh",
         [&](const std::string& c) {
           return refresh_session(services, SessionKind::Dispatcharr, c, origin).ok();
         }},
        {"kitsu refresh", [&](const std::string& c) {
           return refresh_standing_session(services, SessionKind::Kitsu, c, origin).ok();
         }}};
    add_oauth_slots();
  }

  void add_oauth(const Account& account) {
    const auto tokens = site.tokens(client.client, account, {.scopes = {"openid", "read"}});
    code = site.code(client.client, account);
    const auto device = begin_device(
        world.services, {client.client, {{"read"}, {OAuthWorld::kSite}}}, world.origin);
    const auto browser = sign_in_browser(
        world.services, {"alice", Secret(DomainWorld::kPassword), {}}, world.origin);
    const auto pushed = push_request(world.services, client.client.id, "scope=read").value();
    const auto text = [](const Secret& secret) { return std::string(secret.reveal()); };
    credentials.insert({{"oauth access", text(tokens.access)},
                        {"oauth refresh", text(*tokens.refresh)},
                        {"id token", text(*tokens.id_token)},
                        {"authorization code", text(code.text)},
                        {"code verifier", code.verifier},
                        {"device code", text(device->device_code)},
                        {"user code", device->user_code},
                        {"pushed request", text(pushed)},
                        {"client secret", text(*client.secret)},
                        {"client id", client.client.client_id},
                        {"browser session id", browser->id.text()},
                        {"browser cookie", text(browser_cookie(world.ring, browser->id))}});
  }

  void add_oauth_slots() {
    auto& services = world.services;
    const auto& origin = world.origin;
    slots.insert(
        {{"oauth access",
          [&](const std::string& c) {
            return authenticate_oauth_token(services, PresentedAs::Bearer, c).ok();
          }},
         {"oauth refresh",
          [&](const std::string& c) {
            return refresh_grant(services, {.client = &client.client, .refresh_token = c}, origin)
                .ok();
          }},
         {"authorization code",
          [&](const std::string& c) {
            return redeem_code(services,
                               {.client = client.client, .code = c, .verifier = code.verifier},
                               origin)
                .ok();
          }},
         {"pushed request",
          [&](const std::string& c) { return take_pushed(services, client.client.id, c).ok(); }},
         {"client secret",
          [&](const std::string& c) {
            return find_client_by_secret(services, client.client.client_id, c).ok();
          }},
         {"browser cookie",
          [&](const std::string& c) { return find_browser_session(services, c).ok(); }},
         {"browser cookie at the gate",
          [&](const std::string& c) {
            return !check_credential(services, PresentedAs::Cookie, c).refusal;
          }},
         {"id token",
          [&](const std::string& c) { return read_id_token_hint(services, c).has_value(); }}});
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }

  DomainWorld world;
  OAuthWorld site{world};
  MadeClient client = site.client(ClientAuth::SecretBasic);
  OAuthWorld::Code code;
  std::map<std::string, std::string> credentials;
  std::map<std::string, std::function<bool(const std::string&)>> slots;
};

TEST_F(CrossUse, R10EveryKindIsTakenWhereItBelongsAndNowhereElse) {
  const std::map<std::string, std::set<std::string>> belongs{
      {"password", {"password"}},
      {"access token", {"native access", "dispatcharr access", "kitsu access"}},
      {"key", {"named key", "personal key"}},
      {"bearer",
       {"native access", "dispatcharr access", "kitsu access", "script token", "named key",
        "personal key"}},
      {"native refresh", {"native refresh"}},
      {"dispatcharr refresh", {"dispatcharr refresh"}},
      {"kitsu refresh", {"kitsu refresh"}},
      {"oauth access", {"oauth access"}},
      {"oauth refresh", {"oauth refresh"}},
      {"authorization code", {"authorization code"}},
      {"pushed request", {"pushed request"}},
      {"client secret", {"client secret"}},
      {"browser cookie", {"browser cookie"}},
      {"browser cookie at the gate", {"browser cookie"}},
      {"id token", {"id token"}}};
  world.settings.login_limit.per_account = 1000;
  for (const auto& [slot, take] : slots) {
    for (const auto& [kind, credential] : credentials) {
      EXPECT_EQ(take(credential), belongs.at(slot).contains(kind)) << kind << " as " << slot;
    }
  }
}

TEST_F(CrossUse, R10AMisplacedCredentialIsNotUsedUp) {
  world.settings.login_limit.per_account = 1000;
  const auto state = [&] {
    return sql(
        "select (select string_agg(s::text, ',' order by id) from postern.session s) ||"
        " (select string_agg(k::text, ',' order by id) from postern.api_key k) ||"
        " (select string_agg(o::text, ',' order by code_hash) from postern.oauth_code o)");
  };
  const auto before = state();
  for (const auto* slot :
       {"access token", "key", "native refresh", "dispatcharr refresh", "kitsu refresh",
        "oauth access", "oauth refresh", "authorization code", "client secret"}) {
    for (const auto& [kind, credential] : credentials) {
      const bool own = kind == slot || (kind.ends_with("key") && std::string(slot) == "key");
      if (!own) static_cast<void>(slots.at(slot)(credential));
    }
  }
  EXPECT_EQ(state(), before);
}

TEST_F(CrossUse, R10NoKindIsTakenWithSomethingAroundIt) {
  for (const auto* slot :
       {"access token", "key", "bearer", "native refresh", "kitsu refresh", "oauth access",
        "oauth refresh", "authorization code", "browser cookie", "client secret", "id token"}) {
    for (const auto& [kind, credential] : credentials) {
      if (kind == "nothing" || kind == "native refresh") continue;
      for (const std::string& around :
           {" " + credential, credential + " ", credential + "\n",
            credential + std::string(1, '\0'), credential + credential, "Bearer " + credential,
            credential + ".", "." + credential}) {
        EXPECT_FALSE(slots.at(slot)(around)) << kind << " as " << slot;
      }
    }
  }
}

}  // namespace
}  // namespace postern::domain

#include "domain/bot_token.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "domain/bot_token_text.hpp"
#include "domain/check_credential.hpp"
#include "domain/credential_cache.hpp"
#include "domain/flat_json.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/cache_world.hpp"

namespace postern::domain {
namespace {

/// A bot and a person, and the cache of a gate.
class BotTokens : public testing::Test {
 protected:
  BotTokens() {
    world.services.memory = &memory;
    cache.cache.trust_until(world.clock.uptime() + std::chrono::hours(48));
  }

  static NewAccount robot() {
    NewAccount wanted;
    wanted.username = "robot";
    wanted.role = "user";
    wanted.is_bot = true;
    return wanted;
  }
  std::string issue(AccountId account, const std::optional<std::string>& ends_on = {}) {
    const auto issued = issue_bot_token(world.services, account, ends_on, {}, world.origin);
    EXPECT_TRUE(issued.ok());
    return issued ? std::string(issued->text.reveal()) : "";
  }
  Error refused(const std::string& ends_on) {
    const auto issued = issue_bot_token(world.services, bot.id, ends_on, {}, world.origin);
    EXPECT_FALSE(issued.ok()) << ends_on;
    return issued ? Error{Errc::Taken} : issued.error();
  }
  /// What the gate and the front doors say, which must be the same.
  std::string check(std::string_view token) {
    const auto found = authenticate_bearer(world.services, token);
    const auto checked = check_credential(world.services, PresentedAs::Bearer, token);
    const std::string word = found ? "ok" : name_of(found.error().code);
    EXPECT_EQ(checked.refusal ? name_of(*checked.refusal) : "ok", word);
    return word;
  }
  FlatJson claims(std::string_view token) {
    const auto from = token.find('.') + 1;
    const auto bytes =
        base64url_decode(token.substr(from, token.find('.', from) - from)).value_or(Bytes{});
    return FlatJson::parse(std::string(bytes.begin(), bytes.end())).value();
  }
  void enable(bool on) {
    AccountChange change;
    change.is_active = on;
    ASSERT_TRUE(update_account(world.services, bot.id, change, {}, world.origin).ok());
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }
  static std::string hs256(std::string_view secret, std::string_view message) {
    Digest mac{};
    unsigned length = 0;
    const auto bytes = as_bytes(message);
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes.data(), bytes.size(),
         mac.data(), &length);
    return base64url_encode(mac);
  }

  test::DomainWorld world;
  test::CacheWorld cache;
  Fingerprinter fingerprints{world.ring, world.settings};
  CheckMemory memory{cache.cache, fingerprints};
  Account ann = world.account("ann");
  Account bot = create_account(world.services, robot(), {}, world.origin).value();
};

TEST_F(BotTokens, StandForTheirAccountWithAllThatItsRoleMay) {
  const auto token = issue(bot.id);
  const auto found = authenticate_bearer(world.services, token);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->account.id, bot.id);
  EXPECT_EQ(found->kind, CredentialKind::ApiKey);
  ASSERT_TRUE(found->key);
  EXPECT_FALSE(found->session);
  EXPECT_EQ(found->key_dialect, "kitsu");
  EXPECT_FALSE(found->less_than_role);
  EXPECT_FALSE(found->expires_at);
  const auto key = find_key(world.services, *found->key);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(name_of(key->kind), "token");
  EXPECT_EQ(key->key_prefix, token.substr(0, 12));
  EXPECT_TRUE(key->last_used_at);
}

TEST_F(BotTokens, CarryTheClaimsThatClientsKnow) {
  const auto json = claims(issue(bot.id));
  EXPECT_EQ(json.boolean("fresh"), false);
  EXPECT_EQ(json.text("type"), "access");
  EXPECT_EQ(json.text("sub"), bot.id.text());
  EXPECT_EQ(json.text("identity_type"), "bot");
  EXPECT_EQ(json.integer("iat"), 1'800'000'000);
  EXPECT_EQ(json.integer("nbf"), 1'800'000'000);
  EXPECT_TRUE(KeyId::parse(json.text("jti").value_or("")));
  EXPECT_FALSE(json.has("exp")) << "until it is revoked";
  EXPECT_FALSE(json.has("refresh_jti"));
  EXPECT_EQ(claims(issue(ann.id)).text("identity_type"), "person_api");
}

TEST_F(BotTokens, EndWithTheLastSecondOfTheirDay) {
  const auto token = issue(bot.id, "2027-01-15");          // today
  EXPECT_EQ(claims(token).integer("exp"), 1'800'057'599);  // 23:59:59
  world.clock.set(from_unix_seconds(1'800'057'599) - std::chrono::microseconds(1));
  EXPECT_EQ(check(token), "ok");
  world.clock.set(from_unix_seconds(1'800'057'599));
  EXPECT_EQ(check(token), "key_expired");
}

TEST_F(BotTokens, NeedADayThatIsNotOver) {
  const auto alive = issue(bot.id, "2030-02-28");
  EXPECT_EQ(refused("2027-01-14").reason, "in_the_past");
  for (const char* wrong : {"", "2027", "2027-1-15", "2027-02-29", "2027-13-01", "2027-00-10",
                            "2027-01-00", "15.01.2027", "2027-01-15T00:00:00", " 2027-01-15",
                            "2027-01-1x", "-027-01-15", "2027/01/15", "+027-01-15"}) {
    const auto error = refused(wrong);
    EXPECT_EQ(error.code, Errc::InvalidInput) << wrong;
    EXPECT_EQ(error.field, "expiration_date");
    EXPECT_EQ(error.reason, "invalid") << wrong;
  }
  EXPECT_EQ(check(alive), "ok") << "a wish that is refused revokes nothing";
  issue(bot.id, "2028-02-29");
}

TEST_F(BotTokens, R4ANewOneEndsTheFormerInTheSameCommit) {
  const auto former = issue(bot.id);
  EXPECT_EQ(check(former), "ok");
  const auto present = issue(bot.id);
  EXPECT_EQ(check(former), "key_revoked") << "the cache, too";
  EXPECT_EQ(check(present), "ok");
  EXPECT_EQ(sql("select revoked_why from postern.api_key where revoked_at is not null"),
            "replaced");
}

TEST_F(BotTokens, R4OfFiftyAtOnceOneLivesAndAllOthersRefuse) {
  constexpr int kWorkers = 10;
  constexpr int kEach = 5;
  std::vector<std::vector<std::string>> tokens(kWorkers);
  std::vector<std::thread> threads;
  for (int i = 0; i < kWorkers; ++i) {
    threads.emplace_back([&, i] {
      test::AnotherWorker worker(world);
      for (int j = 0; j < kEach; ++j) {
        const auto issued = test::patiently(
            [&] { return issue_bot_token(worker.services, bot.id, {}, {}, world.origin); });
        tokens[static_cast<std::size_t>(i)].emplace_back(issued->text.reveal());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  int live = 0;
  for (const auto& each : tokens) {
    for (const auto& token : each) {
      const auto word = check(token);
      live += word == "ok" ? 1 : 0;
      if (word == "ok") continue;
      EXPECT_EQ(word, "key_revoked");
    }
  }
  EXPECT_EQ(live, 1);
  EXPECT_EQ(sql("select count(*) from postern.api_key where kind = 3 and revoked_at is null"), "1");
}

TEST_F(BotTokens, R4StandBesideAPersonalKeyAndNeitherEndsTheOther) {
  const auto personal = generate_personal_key(world.services, ann.id, {}, world.origin);
  const auto token = issue(ann.id);
  ASSERT_TRUE(personal.ok());
  EXPECT_EQ(check(personal->text.reveal()), "ok");
  ASSERT_TRUE(revoke_personal_key(world.services, ann.id, {}, world.origin).ok());
  EXPECT_EQ(check(token), "ok");
}

TEST_F(BotTokens, R6RevokedOnesAreDeadAtOnceThroughTheCache) {
  const auto token = issue(bot.id);
  EXPECT_EQ(check(token), "ok");
  ASSERT_TRUE(revoke_bot_token(world.services, bot.id, {}, world.origin).ok());
  EXPECT_EQ(check(token), "key_revoked");
  const auto again = revoke_bot_token(world.services, bot.id, {}, world.origin);
  EXPECT_EQ(again.error().code, Errc::NotFound);
}

TEST_F(BotTokens, R6DoNotComeBackWithAnAccountThatWasDisabled) {
  const auto token = issue(bot.id);
  EXPECT_EQ(check(token), "ok");
  enable(false);
  EXPECT_EQ(check(token), "key_revoked");
  enable(true);
  EXPECT_EQ(check(token), "key_revoked");
}

TEST_F(BotTokens, R6AreNotMadeForAnAccountThatIsDisabled) {
  enable(false);
  const auto refused = issue_bot_token(world.services, bot.id, {}, bot.id, world.origin);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::AccountInactive);
  enable(true);
  EXPECT_EQ(check(issue(bot.id)), "ok");
}

TEST_F(BotTokens, R6EndWithAnAccountThatWasNeverApproved) {
  AccountChange change;
  change.is_approved = false;
  ASSERT_TRUE(update_account(world.services, bot.id, change, {}, world.origin).ok());
  const auto token = issue(bot.id);
  EXPECT_EQ(check(token), "account_inactive");
  enable(false);
  EXPECT_EQ(check(token), "key_revoked");
}

TEST_F(BotTokens, R6AreGoneWithTheirAccount) {
  const auto token = issue(bot.id);
  EXPECT_EQ(check(token), "ok");
  ASSERT_TRUE(delete_account(world.services, bot.id, {}, world.origin).ok());
  EXPECT_EQ(check(token), "key_revoked");
}

TEST_F(BotTokens, NobodyHasNone) {
  EXPECT_EQ(revoke_bot_token(world.services, ann.id, {}, world.origin).error().code,
            Errc::NotFound);
  const auto nobody = *AccountId::parse("0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b");
  EXPECT_EQ(issue_bot_token(world.services, nobody, {}, {}, world.origin).error().code,
            Errc::NotFound);
}

/// Signed as ours are, and yet not one that was given out.
TEST_F(BotTokens, R10OnlyTheTextThatWasGivenOutIsTaken) {
  const auto token = issue(bot.id);
  const auto json = claims(token);
  const auto with = [&](const std::string& key, const std::string& sub) {
    FlatJsonWriter writer;
    writer.add("jti", key).add("type", "access").add("sub", sub);
    return std::string(sign_bot_token(world.ring, std::move(writer).finish()).reveal());
  };
  const auto id = json.text("jti").value_or("");
  EXPECT_EQ(check(with(id, ann.id.text())), "key_invalid") << "another's account";
  EXPECT_EQ(check(with(id, bot.id.text())), "key_invalid") << "other claims";
  const auto key = generate_personal_key(world.services, ann.id, {}, world.origin);
  EXPECT_EQ(check(with(key->key.id.text(), ann.id.text())), "key_revoked")
      << "a key's id is no token's";
  EXPECT_EQ(check(token), "ok");
}

TEST_F(BotTokens, R10AreNoApiKeysAndNoRefreshTokens) {
  const auto token = issue(ann.id);
  EXPECT_EQ(authenticate_key(world.services, token).error().code, Errc::KeyInvalid);
  const auto as_key = check_credential(world.services, PresentedAs::Key, token);
  EXPECT_EQ(as_key.refusal, Errc::KeyInvalid);
  EXPECT_FALSE(authenticate_access_token(world.services, token).ok());
  EXPECT_FALSE(refresh_session(world.services, SessionKind::Native, token, world.origin).ok());
}

TEST_F(BotTokens, CVE202644699HS256WithThePublicKeyIsRefused) {
  const auto token = world.login("ann").access;
  const std::string text(token.reveal());
  const auto payload = text.substr(text.find('.'), text.rfind('.') - text.find('.'));
  const std::string start = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
  const auto key = world.signing_keys.public_keys().front();
  for (const auto& secret : {key.x, key.y, key.x + key.y, key.kid, std::string()}) {
    EXPECT_EQ(check(start + payload + '.' + hs256(secret, start + payload)), "token_invalid");
  }
  // A session's signature under a bot's header, and the reverse.
  EXPECT_EQ(check(start + payload + text.substr(text.rfind('.'))), "token_invalid");
  const auto bots = issue(bot.id);
  EXPECT_EQ(check(text.substr(0, text.find('.')) + bots.substr(bots.find('.'))), "token_invalid");
}

TEST_F(BotTokens, SeveralAreOneStatement) {
  const auto first = issue(bot.id);
  const auto second = issue(ann.id);
  const auto session = world.login("ann").access;
  std::vector<std::string> asked;
  world.database.set_fault_hook_for_test(
      [&](std::string_view point) { asked.emplace_back(point); });
  const std::vector<Presentation> presented{{PresentedAs::Bearer, first},
                                            {PresentedAs::Bearer, session.reveal()},
                                            {PresentedAs::Bearer, second}};
  const auto checks = check_credentials(world.services, presented);
  EXPECT_EQ(asked, (std::vector<std::string>{"load_signing_keys", "find_principals_of_sessions",
                                             "find_principals_of_keys"}));
  EXPECT_EQ(checks[0].identity.fields().user, "robot");
  EXPECT_EQ(checks[1].identity.fields().user, "ann");
  EXPECT_EQ(checks[2].identity.fields().user, "ann");
  world.database.set_fault_hook_for_test({});
}

TEST_F(BotTokens, AreAuditedWithoutTheirText) {
  const auto token = issue(bot.id);
  issue(bot.id);
  ASSERT_TRUE(revoke_bot_token(world.services, bot.id, ann.id, world.origin).ok());
  EXPECT_EQ(sql("select count(*) from postern.audit e where e::text like '%" +
                token.substr(token.rfind('.') + 1) + "%'"),
            "0");
  EXPECT_EQ(sql("select string_agg(split_part(detail, ' ', 1), '|' order by detail, id)"
                " from postern.audit where account_id = '" +
                bot.id.text() + "' and event in ('key_issued', 'key_revoked')"),
            "token|token|token,");
}

}  // namespace
}  // namespace postern::domain

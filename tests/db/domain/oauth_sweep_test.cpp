#include "domain/oauth_sweep.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "domain/housekeeping.hpp"
#include "domain/oauth_registration.hpp"
#include "domain/oauth_unused_clients.hpp"
#include "tests/support/blocked_statement.hpp"
#include "tests/support/granted.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;

/// Once a statement of the workers' role has begun and before it looks at the first client, it
/// waits until `meanwhile` is done and committed.
class BetweenChoiceAndLock {
 public:
  explicit BetweenChoiceAndLock(DomainWorld& world)
      : world_(world), owner_({world.database_server.owner_url()}) {
    for (const char* text :
         {"create function postern.wait_for_test() returns boolean language plpgsql as"
          " 'begin perform pg_advisory_xact_lock(42); return true; end'",
          "alter table postern.oauth_client enable row level security",
          "create policy waits on postern.oauth_client using (postern.wait_for_test())"}) {
      world_.database_server.sql(text);
    }
  }

  void run(const std::function<void()>& chosen, const std::function<void()>& meanwhile) {
    constexpr Statement kHold{"hold_for_test", "select pg_advisory_xact_lock(42)"};
    std::thread choosing;
    EXPECT_TRUE(owner_.transaction([&](Transaction& tx) -> Outcome {
      tx.run(kHold, {});
      choosing = std::thread(chosen);
      test::wait_for_blocked_statement(world_.database_server);
      meanwhile();
      return done;
    }));
    choosing.join();
  }

 private:
  DomainWorld& world_;
  Database owner_;
};

class OAuthSweeping : public ::testing::Test {
 protected:
  OAuthSweeping() { world_.account(); }

  OAuthClient make(const std::string& name) {
    ClientMetadata wanted;
    wanted.name = name;
    wanted.redirect_uris = {"https://wiki.example.org/cb"};
    return register_client(world_.services, wanted, world_.origin)->client;
  }
  OAuthClient made_by_hand() {
    ClientMetadata wanted;
    wanted.redirect_uris = {"https://wiki.example.org/cb"};
    return create_client(world_.services, {wanted}, {}, world_.origin)->client;
  }
  /// As kInsertConsent does while nobody has the client locked.
  void consent(const OAuthClient& client) {
    sql("insert into postern.oauth_consent select '" +
        ConsentId::make(world_.clock.now(), world_.random).text() + "', id, '" + client.id.text() +
        "', 'https://api.example.org', '{read}', created_at, created_at" + " from postern.account");
  }
  /// For what was consented to: it ends a minute from now.
  void issue_code() {
    const auto now = "to_timestamp(" + std::to_string(unix_seconds(world_.clock.now())) + ")";
    sql("insert into postern.oauth_code (code_hash, hash_key_id, client, account_id, consent_id,"
        " redirect_uri, challenge, scopes, resources, signed_in_at, methods, created_at,"
        " expires_at) select 'c', 1, client, account_id, id, '', '', '{}', '{}', " +
        now + ", '', " + now + ", " + now + " + interval '1 minute' from postern.oauth_consent");
  }
  void use(const OAuthClient& client) { note_client_use(world_.database, world_.services, client); }
  [[nodiscard]] bool exists(const OAuthClient& client) {
    return find_client(world_.services, client.id).ok();
  }
  std::string sql(const std::string& text) { return world_.database_server.sql(text); }
  std::string count(const std::string& table) {
    return sql("select count(*) from postern." + table);
  }
  /// Rows of one table whose end is at `end`.
  void add(const std::string& table, const std::string& columns, const std::string& values) {
    sql("insert into postern." + table + " (" + columns + ") values (" + values + ")");
  }

  DomainWorld world_;
};

TEST_F(OAuthSweeping, ClientsThatNeverGotAnythingGoAfterAWeek) {
  const auto unused = make("Unused");
  const auto used = make("Used");
  const auto by_hand = made_by_hand();
  use(used);
  world_.clock.advance(days(7) - seconds(1));
  EXPECT_EQ(sweep(world_.services).oauth.clients, 0);
  world_.clock.advance(seconds(1));
  EXPECT_EQ(sweep(world_.services).oauth.clients, 1);
  EXPECT_FALSE(exists(unused));
  EXPECT_TRUE(exists(used) && exists(by_hand));
}

TEST_F(OAuthSweeping, IdleClientsGoWithTheirConsentsWhenNothingOfTheirsLives) {
  world_.settings.oauth.idle_client = days(10);
  const auto idle = make("Idle");
  const auto living = make("Living");
  use(idle);
  use(living);
  test::grant_to(world_, idle.id, "alice");
  world_.clock.advance(days(9));
  // A session of kind Native lives for 14 days without use.
  const auto tokens = test::grant_to(world_, living.id, "alice");
  world_.clock.advance(days(82));
  EXPECT_EQ(sweep(world_.services).oauth.clients, 1) << "the session that it rested on is over";
  EXPECT_FALSE(exists(idle));
  EXPECT_TRUE(exists(living)) << "its session ends in eight days";
  EXPECT_EQ(count("oauth_consent"), "1");
  EXPECT_EQ(count("oauth_grant"), "1");
  EXPECT_EQ(count("session where id = '" + tokens.session.text() + "'"), "1");
  world_.clock.advance(days(10));
  const Sweep swept = sweep(world_.services);
  EXPECT_EQ(swept.oauth.clients, 1);
  EXPECT_EQ(swept.oauth.consents, 1);
  EXPECT_EQ(count("oauth_client"), "0");
}

TEST_F(OAuthSweeping, AdministratorsClientsStayHoweverIdle) {
  const auto by_hand = made_by_hand();
  use(by_hand);
  world_.clock.advance(days(3650));
  EXPECT_EQ(sweep(world_.services).oauth.clients, 0);
  EXPECT_TRUE(exists(by_hand));
}

TEST_F(OAuthSweeping, OneTimeThingsGoWhenTheirSecondUseNeedNotBeKnownAnyMore) {
  const auto client = make("App");
  use(client);
  test::grant_to(world_, client.id, "alice");
  const std::string account = "(select id from postern.account)";
  const std::string id = "'" + client.id.text() + "'";
  add("oauth_code",
      "code_hash, hash_key_id, client, account_id, consent_id, redirect_uri, challenge, scopes,"
      " resources, signed_in_at, methods, created_at, expires_at",
      "'c', 1, " + id + ", " + account +
          ", (select id from postern.oauth_consent), '', '', '{}',"
          " '{}', '2027-01-15 08:00Z', '', '2027-01-15 08:00Z', '2027-01-15 08:01Z'");
  add("oauth_device",
      "device_hash, user_code_hash, hash_key_id, client, scopes, resources, address, created_at,"
      " expires_at, interval_seconds",
      "'d', 'u', 1, " + id + ", '{}', '{}', '', '2027-01-15 08:00Z', '2027-01-15 08:01Z', 5");
  add("oauth_pushed", "uri_hash, hash_key_id, client, parameters, expires_at",
      "'p', 1, " + id + ", '', '2027-01-15 08:01Z'");
  add("used_token_id", "id_hash, expires_at", "'t', '2027-01-15 08:01Z'");
  add("oauth_logout", "id, client, account_id, sid, created_at, next_at, attempts",
      id + ", " + id + ", " + account + ", " + id +
          ", '2027-01-15 08:01Z', '2027-01-15 08:01Z', 1");
  const auto sweeping = [&] {
    const auto swept = sweep_oauth(world_.services);
    return std::to_string(swept.codes) + std::to_string(swept.devices) +
           std::to_string(swept.pushed) + std::to_string(swept.token_ids) +
           std::to_string(swept.logouts);
  };
  world_.clock.advance(seconds(59));
  EXPECT_EQ(sweeping(), "00000");
  world_.clock.advance(seconds(1));
  EXPECT_EQ(sweeping(), "00110");
  world_.clock.advance(hours(1));
  EXPECT_EQ(sweeping(), "01000");
  world_.clock.advance(hours(23) - seconds(1));
  EXPECT_EQ(sweeping(), "00000");
  world_.clock.advance(seconds(1));
  EXPECT_EQ(sweeping(), "10001");
}

TEST_F(OAuthSweeping, WaitsForNothingThatIsInUse) {
  const auto held = make("Held");
  make("Free");
  world_.clock.advance(days(8));
  constexpr Statement kHold{"hold_client", R"sql(
    select 1 from postern.oauth_client where id = $1 for key share)sql"};
  Database other({world_.database_server.url()});
  EXPECT_TRUE(other.transaction([&](Transaction& tx) -> Outcome {
    tx.run(kHold, {held.id});
    EXPECT_EQ(sweep_oauth(world_.services).clients, 1);
    return done;
  }));
  EXPECT_TRUE(exists(held));
}

TEST_F(OAuthSweeping, WhoConsentsBetweenTheChoiceAndTheLockKeepsAClientFromTheSweep) {
  const auto client = make("Late");
  const auto other = make("Other");
  world_.clock.advance(days(8));
  BetweenChoiceAndLock between{world_};
  SweptClients swept;
  between.run([&] { swept = sweep_unused_clients(world_.services); },
              [&] {
                consent(client);
                issue_code();
              });
  EXPECT_EQ(swept.clients, 1);
  EXPECT_TRUE(exists(client) && !exists(other));
  EXPECT_EQ(count("oauth_code"), "1");
}

TEST_F(OAuthSweeping, WhoConsentsBetweenTheChoiceAndTheLockKeepsAClientFromBeingPushedOut) {
  world_.settings.oauth.most_unused_clients = 1;
  const auto client = make("Late");
  BetweenChoiceAndLock between{world_};
  std::optional<OAuthClient> newer;
  between.run([&] { newer = make("Newer"); }, [&] { consent(client); });
  ASSERT_TRUE(newer);
  EXPECT_TRUE(exists(client) && exists(*newer));
}

TEST_F(OAuthSweeping, WhereACodeWaitsToBeRedeemedTheClientStays) {
  const auto idle = make("Idle");
  use(idle);
  consent(idle);
  world_.clock.advance(days(400));
  issue_code();
  EXPECT_EQ(sweep(world_.services).oauth.clients, 0);
  EXPECT_EQ(count("oauth_code"), "1");
  world_.clock.advance(days(2));
  EXPECT_EQ(sweep(world_.services).oauth.clients, 1);
}

}  // namespace
}  // namespace postern::domain

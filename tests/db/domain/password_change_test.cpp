#include "domain/password_change.hpp"

#include <gtest/gtest.h>

#include "domain/api_key.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

const Secret kOld(test::DomainWorld::kPassword);
const Secret kNew("a new and longer password");

class PasswordChange : public ::testing::Test {
 protected:
  std::string changing(const Secret& current, const Secret& replacement,
                       std::optional<SessionId> keep = std::nullopt) {
    const Outcome outcome =
        change_password(world_.services, ann_.id, current, replacement, keep, world_.origin);
    if (outcome) return "ok";
    return std::string(name_of(outcome.error().code)) +
           (outcome.error().field.empty() ? "" : " " + outcome.error().field);
  }
  bool logs_in(const Secret& password) {
    return sign_in(world_.services, {"ann", password}, world_.origin).ok();
  }
  bool works(const Tokens& tokens) {
    return authenticate_access_token(world_.services, tokens.access.reveal()).ok();
  }
  std::string last_event() {
    return world_.database_server.sql("select event from postern.audit order by id desc limit 1");
  }

  test::DomainWorld world_;
  const Account ann_ = world_.account("ann");
};

TEST_F(PasswordChange, TheNewOneCountsAndTheOldOneDoesNot) {
  EXPECT_EQ(changing(kOld, kNew), "ok");
  EXPECT_FALSE(logs_in(kOld));
  EXPECT_TRUE(logs_in(kNew));
}

TEST_F(PasswordChange, NeedsTheRightOne) {
  EXPECT_EQ(changing(Secret("wrong"), kNew), "invalid_credentials");
  EXPECT_EQ(changing(Secret(""), kNew), "invalid_credentials");
  EXPECT_TRUE(logs_in(kOld));
}

TEST_F(PasswordChange, NeedsAnAcceptableOne) {
  EXPECT_EQ(changing(kOld, Secret("short")), "invalid_input new_password");
  EXPECT_EQ(changing(kOld, Secret(std::string(257, 'x'))), "invalid_input new_password");
  EXPECT_TRUE(logs_in(kOld));
}

// GHSA-x4vh-j75g-268g: a password reset that left refresh tokens alive (B7.12).
TEST_F(PasswordChange, R6B712EveryOtherSessionEnds) {
  const Tokens mine = world_.login("ann");
  const Tokens other = world_.login("ann");
  const Tokens dialect = world_.login("ann", SessionKind::Dispatcharr);
  EXPECT_EQ(changing(kOld, kNew, mine.session), "ok");
  EXPECT_TRUE(works(mine));
  EXPECT_FALSE(works(other));
  EXPECT_FALSE(works(dialect));
  EXPECT_FALSE(
      refresh_session(world_.services, SessionKind::Native, other.refresh.reveal(), world_.origin));
}

TEST_F(PasswordChange, R6B712KeysEndWhereTheSettingsSaySo) {
  const auto first = generate_personal_key(world_.services, ann_.id, std::nullopt, world_.origin);
  EXPECT_EQ(changing(kOld, kNew), "ok");
  EXPECT_TRUE(authenticate_key(world_.services, first->text.reveal()));
  world_.settings.keys.end_on_password_change = true;
  EXPECT_EQ(changing(kNew, kOld), "ok");
  EXPECT_EQ(authenticate_key(world_.services, first->text.reveal()).error().code, Errc::KeyRevoked);
}

TEST_F(PasswordChange, AnAdministratorsEndsEverything) {
  const Tokens tokens = world_.login("ann");
  ASSERT_TRUE(set_password(world_.services, ann_.id, kNew, std::nullopt, world_.origin));
  EXPECT_FALSE(works(tokens));
  EXPECT_TRUE(logs_in(kNew));
  EXPECT_FALSE(logs_in(kOld));
  EXPECT_EQ(
      set_password(world_.services, AccountId{}, kNew, std::nullopt, world_.origin).error().code,
      Errc::NotFound);
  EXPECT_EQ(set_password(world_.services, ann_.id, Secret("x"), std::nullopt, world_.origin)
                .error()
                .field,
            "password");
}

TEST_F(PasswordChange, ReauthenticationNeedsALivingAccount) {
  EXPECT_TRUE(reauthenticate(world_.services, ann_.id, kOld, world_.origin));
  EXPECT_FALSE(reauthenticate(world_.services, AccountId{}, kOld, world_.origin));
  ASSERT_TRUE(
      update_account(world_.services, ann_.id, {.is_active = false}, std::nullopt, world_.origin));
  EXPECT_EQ(reauthenticate(world_.services, ann_.id, kOld, world_.origin).error().code,
            Errc::InvalidCredentials);
}

TEST_F(PasswordChange, R8EveryReauthenticationIsOneHash) {
  for (const auto& [account, password] :
       {std::pair(ann_.id, kOld), std::pair(ann_.id, Secret("wrong")), std::pair(AccountId{}, kOld),
        std::pair(ann_.id, Secret(std::string(100'000, 'x')))}) {
    const auto before = world_.passwords.hashes_for_test();
    (void)reauthenticate(world_.services, account, password, world_.origin);
    EXPECT_EQ(world_.passwords.hashes_for_test() - before, 1U);
  }
}

TEST_F(PasswordChange, OfTwoAtOnceTheSecondIsRefused) {
  // Between the check and the update, somebody else sets it: what was proven no longer holds.
  world_.database.set_fault_hook_for_test([&](std::string_view point) {
    if (point == "replace_password")
      world_.database_server.sql("update postern.account set password_hash = 'other'");
  });
  EXPECT_EQ(changing(kOld, kNew), "invalid_credentials");
  EXPECT_EQ(world_.database_server.sql("select password_hash from postern.account"), "other");
}

TEST_F(PasswordChange, IsAudited) {
  world_.clock.advance(seconds(1));
  ASSERT_EQ(changing(kOld, kNew), "ok");
  EXPECT_EQ(last_event(), "password_changed");
  world_.clock.advance(seconds(1));
  ASSERT_EQ(changing(kOld, kNew), "invalid_credentials");
  EXPECT_EQ(last_event(), "login_failed");
  world_.clock.advance(seconds(1));
  ASSERT_TRUE(set_password(world_.services, ann_.id, kNew, ann_.id, world_.origin));
  EXPECT_EQ(last_event(), "password_set");
  EXPECT_EQ(world_.database_server.sql("select count(*) from postern.audit where concat(subject, "
                                       "detail) like '%password%' and event like 'password%'"),
            "0");
}

// CVE-2020-15223: a storage error reported as success.
TEST_F(PasswordChange, R7Cve202015223AFaultNeverLooksLikeSuccess) {
  int n = 0;
  for (bool finished = false; !finished; ++n) {
    int point = 0;
    std::string at;
    world_.database.set_fault_hook_for_test([&](std::string_view where) {
      if (point++ == n) {
        at = where;
        throw DatabaseUnavailable("injected");
      }
    });
    bool succeeded = false;
    try {
      succeeded = changing(kOld, kNew) == "ok";
      finished = true;
    } catch (const DatabaseUnavailable&) {
    }
    world_.database.set_fault_hook_for_test({});
    EXPECT_EQ(logs_in(kNew), succeeded || at == "after_commit") << at;
    if (!finished) {
      ASSERT_TRUE(set_password(world_.services, ann_.id, kOld, std::nullopt, world_.origin));
    }
  }
  EXPECT_GT(n, 8);
}

}  // namespace
}  // namespace postern::domain

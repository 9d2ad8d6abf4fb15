#include "domain/default_password.hpp"

#include <gtest/gtest.h>

#include "domain/mail_link.hpp"
#include "domain/password_change.hpp"
#include "domain/session.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

/// An account that nobody has claimed, and one that is its owner's.
class DefaultPassword : public testing::Test {
 protected:
  static NewAccount claimable() {
    NewAccount wanted;
    wanted.username = "new";
    wanted.email = "new@example.org";
    wanted.claimable = true;
    return wanted;
  }
  std::string log_in(const std::string& password, SessionKind kind = SessionKind::Kitsu,
                     const std::string& login = "new") {
    SignIn wanted;
    wanted.login = login;
    wanted.password = Secret(password);
    wanted.kind = kind;
    const auto before = world.passwords.hashes_for_test();
    const auto answer = sign_in(world.services, wanted, world.origin);
    EXPECT_EQ(world.passwords.hashes_for_test(), before + 1) << "rule R8";
    return answer ? "ok" : name_of(answer.error().code);
  }
  Result<Secret> link(const std::string& login = "new") {
    return default_password_link(world.services, login, world.origin);
  }
  std::string reset(const Secret& token, std::string_view email = {}) {
    const auto answer =
        reset_password(world.services, token, Secret("another long password"), world.origin, email);
    return answer ? "ok" : name_of(answer.error().code);
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }

  test::DomainWorld world;
  Account fresh = create_account(world.services, claimable(), {}, world.origin).value();
  Account ann = world.account("ann");
};

TEST_F(DefaultPassword, OpensNoSessionAnywhere) {
  EXPECT_EQ(log_in("default"), "password_must_change");
  for (const auto kind : {SessionKind::Native, SessionKind::Dispatcharr, SessionKind::OpenSkip,
                          SessionKind::Scriptix}) {
    EXPECT_EQ(log_in("default", kind), "invalid_credentials");
  }
  EXPECT_EQ(sql("select count(*) from postern.session"), "0");
}

TEST_F(DefaultPassword, R8IsAWrongOneForAllOthers) {
  EXPECT_EQ(log_in("default", SessionKind::Kitsu, "ann"), "invalid_credentials");
  EXPECT_EQ(log_in("default", SessionKind::Kitsu, "nobody"), "invalid_credentials");
  EXPECT_EQ(log_in("Default"), "invalid_credentials");
  EXPECT_EQ(log_in("defaul"), "invalid_credentials");
}

TEST_F(DefaultPassword, AnAccountWithoutAPasswordIsNotClaimable) {
  auto wanted = claimable();
  wanted.username = wanted.email.emplace("bot@example.org");
  wanted.claimable = false;
  ASSERT_TRUE(create_account(world.services, wanted, {}, world.origin).ok());
  EXPECT_EQ(log_in("default", SessionKind::Kitsu, "bot@example.org"), "invalid_credentials");
}

TEST_F(DefaultPassword, NobodyMayChooseIt) {
  EXPECT_FALSE(world.passwords.check_acceptable(Secret("default"), "password").ok());
  EXPECT_FALSE(
      world.passwords.check_acceptable(Secret("default"), "password", PasswordUse::WithSecondFactor)
          .ok());
}

TEST_F(DefaultPassword, TryingItIsCountedAsAnyFailure) {
  world.settings.login_limit.per_account = 3;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(log_in("default"), "password_must_change");
  SignIn wanted;
  wanted.login = "new";
  wanted.password = Secret("default");
  wanted.kind = SessionKind::Kitsu;
  EXPECT_EQ(sign_in(world.services, wanted, world.origin).error().code, Errc::TooManyAttempts);
}

TEST_F(DefaultPassword, ADisabledAccountIsRefusedForThatFirst) {
  AccountChange change;
  change.is_active = false;
  ASSERT_TRUE(update_account(world.services, fresh.id, change, {}, world.origin).ok());
  EXPECT_EQ(log_in("default"), "invalid_credentials");
  EXPECT_EQ(link().error().code, Errc::NotFound);
}

TEST_F(DefaultPassword, ItsLinkIsGoodForANewPasswordOnce) {
  const auto token = link();
  ASSERT_TRUE(token.ok());
  EXPECT_EQ(reset(*token, "NEW@example.org"), "ok");
  EXPECT_EQ(reset(*token), "link_invalid");
  EXPECT_EQ(log_in("another long password"), "ok");
  EXPECT_EQ(log_in("default"), "invalid_credentials");
}

TEST_F(DefaultPassword, ANewLinkVoidsTheFormer) {
  const auto former = link();
  const auto present = link();
  EXPECT_EQ(reset(*former), "link_invalid");
  EXPECT_EQ(reset(*present), "ok");
}

TEST_F(DefaultPassword, NobodyElseGetsALinkThatWay) {
  for (const char* login : {"ann", "nobody", "", "\xff"})
    EXPECT_EQ(link(login).error().code, Errc::NotFound) << login;
  const auto before = link();
  ASSERT_TRUE(
      set_password(world.services, fresh.id, Secret("a password of his own"), {}, world.origin)
          .ok());
  EXPECT_EQ(link().error().code, Errc::NotFound) << "it is not his password any more";
  static_cast<void>(before);
  sql("update postern.account set email = null, email_key = null where username = 'new'");
  EXPECT_EQ(link().error().code, Errc::NotFound) << "without an address";
}

TEST_F(DefaultPassword, ALinkIsOfOneAddress) {
  const auto token = make_reset_link(world.services, ann.id, fresh.id, world.origin);
  ASSERT_TRUE(token.ok());
  EXPECT_EQ(reset(*token, "new@example.org"), "link_invalid");
  EXPECT_EQ(reset(*token, ann.email.value_or("")), "ok");
}

TEST_F(DefaultPassword, AdministratorsHandOutLinksToWhomTheyCanBelong) {
  const auto of = [&](AccountId account) {
    const auto answer = make_reset_link(world.services, account, fresh.id, world.origin);
    return std::string(answer ? "ok" : name_of(answer.error().code));
  };
  EXPECT_EQ(of(ann.id), "ok");
  EXPECT_EQ(of(*AccountId::parse("0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b")), "not_found");
  sql("update postern.account set email = null, email_key = null where username = 'ann'");
  EXPECT_EQ(of(ann.id), "no_email");
  sql("update postern.account set is_bot = true where username = 'ann'");
  EXPECT_EQ(of(ann.id), "not_found");
}

TEST_F(DefaultPassword, LinksAreAuditedWithoutTheirSecret) {
  const auto given = link();
  ASSERT_TRUE(make_reset_link(world.services, ann.id, fresh.id, world.origin).ok());
  EXPECT_EQ(sql("select count(*) from postern.audit where event = 'password_reset_requested'"),
            "2");
  EXPECT_EQ(sql("select count(*) from postern.audit e where e::text like '%" +
                std::string(given->reveal()) + "%'"),
            "0");
}

}  // namespace
}  // namespace postern::domain

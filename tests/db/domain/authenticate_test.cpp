#include "domain/authenticate.hpp"

#include <gtest/gtest.h>

#include "domain/api_key_store.hpp"
#include "domain/bytes.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using Names = std::vector<std::string>;

class Authentication : public testing::Test {
 protected:
  Authentication() : account(world.account("alice", "admin")) {}

  IssuedKey issue(const NewKey& wanted = {"ci", {}, {}}) {
    return issue_key(world.services, account.id, wanted, account.id, world.origin).value();
  }
  Result<Principal> key(std::string_view text) { return authenticate_key(world.services, text); }
  Result<Principal> token(std::string_view text) {
    return authenticate_access_token(world.services, text);
  }
  Errc refusal(std::string_view text) {
    const auto result = key(text);
    EXPECT_FALSE(result.ok());
    return result.ok() ? Errc::Taken : result.error().code;
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }

  DomainWorld world;
  Account account;
};

TEST_F(Authentication, NamesOfKindsAreStable) {
  EXPECT_EQ(name_of(CredentialKind::AccessToken), "access_token");
  EXPECT_EQ(name_of(CredentialKind::ApiKey), "api_key");
}

TEST_F(Authentication, AnAccessTokenIsItsSession) {
  const auto tokens = world.login();
  const auto principal = token(tokens.access.reveal());
  ASSERT_TRUE(principal.ok());
  EXPECT_EQ(principal->account.id, account.id);
  EXPECT_EQ(principal->kind, CredentialKind::AccessToken);
  EXPECT_EQ(principal->credential_id, tokens.session.text());
  EXPECT_EQ(principal->session, tokens.session);
  EXPECT_FALSE(principal->key);
  EXPECT_EQ(principal->expires_at, tokens.access_expires_at);
  EXPECT_TRUE(principal->may("admin"));
  EXPECT_FALSE(principal->may("adm"));
  EXPECT_FALSE(principal->may(""));
}

TEST_F(Authentication, AKeyIsItself) {
  const auto issued = issue({"ci", {}, days(2)});
  const auto principal = key(issued.text.reveal());
  ASSERT_TRUE(principal.ok());
  EXPECT_EQ(principal->account.id, account.id);
  EXPECT_EQ(principal->kind, CredentialKind::ApiKey);
  EXPECT_EQ(principal->credential_id, issued.key.id.text());
  EXPECT_EQ(principal->key, issued.key.id);
  EXPECT_FALSE(principal->session);
  EXPECT_EQ(principal->expires_at, issued.key.expires_at);
}

TEST_F(Authentication, BearersOfBothKindsAreTold) {
  EXPECT_EQ(authenticate_bearer(world.services, world.login().access.reveal())->kind,
            CredentialKind::AccessToken);
  EXPECT_EQ(authenticate_bearer(world.services, issue().text.reveal())->kind,
            CredentialKind::ApiKey);
  EXPECT_EQ(authenticate_bearer(world.services, "").error().code, Errc::KeyInvalid);
  EXPECT_EQ(authenticate_bearer(world.services, "..").error().code, Errc::TokenInvalid);
}

TEST_F(Authentication, R6PermissionsAreTheCredentialsAndTheRolesOfNow) {
  sql("update postern.role set permissions = '{submit,admin,read}' where name = 'admin'");
  const auto wide = issue({"wide", {}, {}});
  const auto narrow = issue({"narrow", Names{"submit", "read"}, {}});
  const auto tokens = world.login();
  EXPECT_EQ(key(wide.text.reveal())->permissions, (Names{"admin", "read", "submit"}));
  EXPECT_EQ(key(narrow.text.reveal())->permissions, (Names{"read", "submit"}));
  sql("update postern.role set permissions = '{admin,read}' where name = 'admin'");
  EXPECT_EQ(key(wide.text.reveal())->permissions, (Names{"admin", "read"}));
  EXPECT_EQ(key(narrow.text.reveal())->permissions, (Names{"read"}));
  EXPECT_EQ(token(tokens.access.reveal())->permissions, (Names{"admin", "read"}));
}

TEST_F(Authentication, UnknownKeysAndWrongSecretsAreOneRefusal) {
  const auto issued = issue();
  const auto text = std::string(issued.text.reveal());
  const auto lookup = text.substr(4, kKeyLookupLength);
  const Secret wrong(std::string(kKeySecretLength, 'x'));
  EXPECT_EQ(refusal(make_key_text("pst_", lookup, wrong).reveal()), Errc::KeyInvalid);
  EXPECT_EQ(refusal(make_key_text("pst_", "000000000000", wrong).reveal()), Errc::KeyInvalid);
  EXPECT_EQ(refusal(""), Errc::KeyInvalid);
  EXPECT_EQ(refusal(text.substr(0, 12)), Errc::KeyInvalid) << "the part that is shown";
}

TEST_F(Authentication, CVE202627840AKeyHasOneSpelling) {
  const auto text = std::string(issue().text.reveal());
  const auto lookup = text.substr(4, kKeyLookupLength);
  const Secret secret(text.substr(17, kKeySecretLength));
  ASSERT_EQ(make_key_text("pst_", lookup, secret).reveal(), text);
  for (const std::string prefix : {"", "_", "abc_", "pst__"}) {
    EXPECT_EQ(refusal(make_key_text(prefix, lookup, secret).reveal()), Errc::KeyInvalid) << prefix;
  }
  for (std::size_t i = 0; i < text.size() * 8; ++i) {
    auto changed = text;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << (i % 8)));
    EXPECT_FALSE(key(changed).ok()) << i;
    const auto body = changed.substr(0, 49);
    EXPECT_TRUE(i / 8 >= 49 || !key(body + checksum6(body)).ok()) << i << " repaired";
  }
}

TEST_F(Authentication, AKeyWorksWhateverPrefixIsConfiguredLater) {
  const auto issued = issue();
  world.settings.keys.prefix = "shop_";
  EXPECT_TRUE(key(issued.text.reveal()).ok());
  EXPECT_TRUE(key(issue({"new", {}, {}}).text.reveal()).ok());
}

TEST_F(Authentication, RevokedAndExpiredAreSaidToTheRightSecretAlone) {
  const auto revoked = issue({"revoked", {}, {}});
  const auto expired = issue({"expired", {}, days(1)});
  ASSERT_TRUE(
      revoke_account_key(world.services, account.id, revoked.key.id, {}, world.origin).ok());
  world.clock.advance(days(1) - std::chrono::microseconds(1));
  EXPECT_TRUE(key(expired.text.reveal()).ok());
  world.clock.advance(std::chrono::microseconds(1));
  EXPECT_EQ(refusal(expired.text.reveal()), Errc::KeyExpired);
  EXPECT_EQ(refusal(revoked.text.reveal()), Errc::KeyRevoked);
  const Secret wrong(std::string(kKeySecretLength, 'x'));
  for (const auto* issued : {&revoked, &expired}) {
    const auto lookup = std::string(issued->text.reveal().substr(4, kKeyLookupLength));
    EXPECT_EQ(refusal(make_key_text("pst_", lookup, wrong).reveal()), Errc::KeyInvalid);
  }
}

TEST_F(Authentication, CVE202447000KeysAndTokensOfInactiveAccountsRefuse) {
  const auto issued = issue();
  const auto tokens = world.login();
  for (const std::string column : {"is_active", "is_approved"}) {
    sql("update postern.account set " + column + " = false");
    EXPECT_EQ(refusal(issued.text.reveal()), Errc::AccountInactive);
    EXPECT_EQ(token(tokens.access.reveal()).error().code, Errc::AccountInactive);
    sql("update postern.account set " + column + " = true");
  }
  EXPECT_TRUE(key(issued.text.reveal()).ok());
}

TEST_F(Authentication, CVE20269097AWellSignedUnexpiredTokenOfAnEndedSessionIsRevoked) {
  const auto tokens = world.login();
  sql("delete from postern.session");
  EXPECT_TRUE(verify_access_token(world.services, tokens.access.reveal()).ok());
  EXPECT_EQ(token(tokens.access.reveal()).error().code, Errc::TokenRevoked);
}

TEST_F(Authentication, AnIdleSessionsTokenIsOfNoUse) {
  world.settings.sessions[0].access_lifetime = hours(2);
  const auto tokens = world.login();
  sql("update postern.session set idle_expires_at = created_at + interval '1 hour'");
  world.clock.advance(hours(1));
  EXPECT_EQ(token(tokens.access.reveal()).error().code, Errc::TokenRevoked);
}

TEST_F(Authentication, ASessionIsItsAccountsAlone) {
  const auto bob = world.account("bob");
  const auto tokens = world.login();
  const auto forged = issue_access_token(world.services, {.subject = bob.id,
                                                          .session = tokens.session,
                                                          .issued_at = world.clock.now(),
                                                          .expires_at = tokens.access_expires_at,
                                                          .token_id = std::string(32, '0'),
                                                          .user_id = {}});
  EXPECT_EQ(token(forged.reveal()).error().code, Errc::TokenRevoked);
}

TEST_F(Authentication, LastUseIsWrittenOnceAMinute) {
  const auto issued = issue();
  const auto last_use = [&] { return find_key(world.services, issued.key.id)->last_used_at; };
  EXPECT_FALSE(last_use());
  const auto first = world.clock.now();
  ASSERT_TRUE(key(issued.text.reveal()).ok());
  EXPECT_EQ(last_use(), first);
  world.clock.advance(minutes(1) - std::chrono::microseconds(1));
  ASSERT_TRUE(key(issued.text.reveal()).ok());
  EXPECT_EQ(last_use(), first);
  world.clock.advance(std::chrono::microseconds(1));
  ASSERT_TRUE(key(issued.text.reveal()).ok());
  EXPECT_EQ(last_use(), first + minutes(1));
}

TEST_F(Authentication, AFailureToWriteTheLastUseRefusesNobody) {
  const auto issued = issue();
  world.database.set_fault_hook_for_test([](std::string_view point) {
    if (point == "touch_key") throw DatabaseUnavailable("read-only");
  });
  EXPECT_TRUE(key(issued.text.reveal()).ok());
}

TEST_F(Authentication, R7WithoutTheDatabaseNobodyIsLetIn) {
  const auto issued = issue();
  const auto tokens = world.login();
  world.database.set_fault_hook_for_test(
      [](std::string_view) { throw DatabaseUnavailable("away"); });
  EXPECT_THROW(static_cast<void>(key(issued.text.reveal())), DatabaseUnavailable);
  EXPECT_THROW(static_cast<void>(token(tokens.access.reveal())), DatabaseUnavailable);
}

TEST_F(Authentication, R5AnotherMasterKeyTakesNoKeyOfThisDatabase) {
  const auto issued = issue();
  const auto other = KeyRing::parse(KeyRing::make_line(1, world.random)).value();
  const auto later = KeyRing::parse(KeyRing::make_line(9, world.random)).value();
  for (const auto* ring : {&other, &later}) {
    Services services{world.settings, world.database,     world.clock,     world.random,
                      *ring,          world.signing_keys, world.passwords, world.limiter};
    EXPECT_EQ(authenticate_key(services, issued.text.reveal()).error().code, Errc::KeyInvalid);
  }
}

TEST_F(Authentication, CVE202135472TwoAccountsAreNeverMixedUp) {
  const auto bob = world.account("bob");
  const Secret credentials[] = {
      world.login("alice").access, world.login("bob").access, issue().text,
      issue_key(world.services, bob.id, {"ci", {}, {}}, bob.id, world.origin)->text};
  for (int i = 0; i < 10'000; ++i) {
    const auto which = static_cast<std::size_t>(i * 7 + i / 4) % 4;
    const auto principal = authenticate_bearer(world.services, credentials[which].reveal());
    ASSERT_TRUE(principal.ok()) << i;
    ASSERT_EQ(principal->account.id, which % 2 == 0 ? account.id : bob.id) << i;
    ASSERT_EQ(principal->may("admin"), which % 2 == 0) << i;
  }
}

}  // namespace
}  // namespace postern::domain

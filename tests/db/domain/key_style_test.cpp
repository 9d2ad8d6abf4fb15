#include "domain/key_style.hpp"

#include <gtest/gtest.h>

#include "domain/api_key.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

/// Keys of every style, issued and rotated.
class IssuedKeyStyle : public testing::Test {
 protected:
  Result<IssuedKey> issue(const std::string& dialect, const std::string& type,
                          std::optional<days> lifetime = {}, const std::string& name = "one") {
    NewKey wanted{.name = name, .permissions = {}, .lifetime = lifetime};
    wanted.dialect = dialect;
    wanted.type = type;
    return issue_key(world.services, owner.id, wanted, owner.id, world.origin);
  }
  Result<IssuedKey> rotate(const ApiKey& key, seconds grace = seconds(0)) {
    return rotate_key(world.services, owner.id, key.id, grace, world.origin);
  }
  static std::string fault(const Result<IssuedKey>& refused) {
    if (refused.ok()) return "";
    const auto& error = refused.error();
    return std::string(name_of(error.code)) + " " + error.field + " " + error.reason;
  }

  test::DomainWorld world;
  Account owner = world.account("alice", "owner");
};

TEST_F(IssuedKeyStyle, EachBeginsAsItsDialectSaysAndIsTaken) {
  struct Case {
    std::string dialect, type, prefix, stored_type;
  };
  for (const auto& [dialect, type, prefix, stored_type] :
       {Case{"native", "", "pst_", ""}, Case{"openskip", "", "osk_", ""},
        Case{"skedcast", "", "sked_live_", "live"}, Case{"scriptix", "live", "sk_live_", "live"},
        Case{"scriptix", "batch", "token_", "batch"},
        Case{"scriptix", "abcdefgh", "sk_abcdefgh_", "abcdefgh"}}) {
    const auto issued = issue(dialect, type, days(30));
    ASSERT_TRUE(issued.ok()) << dialect << fault(issued);
    EXPECT_TRUE(issued->text.reveal().starts_with(prefix)) << dialect;
    EXPECT_TRUE(parse_key_text(issued->text.reveal()))
        << "found by scanners: its checksum is right";
    EXPECT_EQ(issued->key.key_prefix,
              issued->text.reveal().substr(0, std::max<std::size_t>(12, prefix.size() + 4)));
    const auto stored = find_key(world.services, issued->key.id);
    EXPECT_EQ(stored->dialect, dialect);
    EXPECT_EQ(stored->type, stored_type);
    const auto principal = authenticate_key(world.services, issued->text.reveal());
    ASSERT_TRUE(principal.ok());
    EXPECT_EQ(principal->key_dialect, dialect);
  }
}

TEST_F(IssuedKeyStyle, UnknownStylesAreRefused) {
  EXPECT_EQ(fault(issue("kitsu", "")), "invalid_input dialect unknown");
  EXPECT_EQ(fault(issue("native", "live")), "invalid_input type unknown");
  EXPECT_EQ(fault(issue("scriptix", "Live!")), "invalid_input type unknown");
}

TEST_F(IssuedKeyStyle, SkedCastNeedsAnEndWithinAYear) {
  EXPECT_EQ(fault(issue("skedcast", "live")), "invalid_input expires_in_days required");
  EXPECT_EQ(fault(issue("skedcast", "live", days(0))),
            "invalid_input expires_in_days out_of_range");
  EXPECT_EQ(fault(issue("skedcast", "live", days(366))),
            "invalid_input expires_in_days out_of_range");
  const auto issued = issue("skedcast", "live", days(365));
  ASSERT_TRUE(issued.ok());
  EXPECT_EQ(issued->key.expires_at, world.clock.now() + days(365));
  EXPECT_EQ(fault(issue("native", "", days(3651))), "invalid_input expires_in_days out_of_range");
  EXPECT_TRUE(issue("native", "", days(3650)).ok());
}

TEST_F(IssuedKeyStyle, SkedCastAsksTheRoleForKeysCreate) {
  owner = world.account("mary", "member");
  EXPECT_EQ(fault(issue("skedcast", "live", days(1))), "not_permitted dialect ");
  EXPECT_TRUE(issue("openskip", "").ok());
}

TEST_F(IssuedKeyStyle, NamesAreUniqueAmongNativeOnesAlone) {
  ASSERT_TRUE(issue("native", "").ok());
  EXPECT_EQ(fault(issue("native", "")), "taken name ");
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(issue("openskip", "").ok());
    EXPECT_TRUE(issue("scriptix", "batch").ok());
    EXPECT_TRUE(issue("skedcast", "", days(1)).ok());
  }
}

TEST_F(IssuedKeyStyle, RotationKeepsTheStyle) {
  for (const auto& [dialect, type] : {std::pair{"openskip", ""}, std::pair{"scriptix", "realtime"},
                                      std::pair{"scriptix", "test"}}) {
    const auto old = issue(dialect, type);
    const auto fresh = rotate(old->key);
    ASSERT_TRUE(fresh.ok()) << fault(fresh);
    EXPECT_EQ(fresh->key.dialect, dialect);
    EXPECT_EQ(fresh->key.type, type);
    EXPECT_EQ(fresh->text.reveal().substr(0, 4), old->text.reveal().substr(0, 4));
    EXPECT_FALSE(fresh->key.expires_at);
  }
}

TEST_F(IssuedKeyStyle, RotationOfAMandatoryExpiryStartsItAnewAndNeverPastAYear) {
  const auto old = issue("skedcast", "", days(365));
  world.clock.advance(days(300));
  const auto fresh = rotate(old->key);
  ASSERT_TRUE(fresh.ok());
  EXPECT_EQ(fresh->key.expires_at, world.clock.now() + days(365));
  const auto short_lived = issue("skedcast", "", days(7));
  world.clock.advance(days(6));
  EXPECT_EQ(rotate(short_lived->key)->key.expires_at, world.clock.now() + days(7));
  world.database_server.sql("update postern.api_key set expires_at = created_at + '900 days'");
  EXPECT_EQ(rotate(fresh->key)->key.expires_at, world.clock.now() + days(365));
}

TEST_F(IssuedKeyStyle, RotationAsksTheRoleAgain) {
  const auto old = issue("skedcast", "", days(30));
  ASSERT_TRUE(
      update_account(world.services, owner.id, {.role = "member"}, std::nullopt, world.origin)
          .ok());
  EXPECT_EQ(fault(rotate(old->key)), "not_permitted dialect ");
  EXPECT_FALSE(find_key(world.services, old->key.id)->revoked_at) << "nothing happened";
}

TEST_F(IssuedKeyStyle, PersonalKeysAreNative) {
  const auto personal = generate_personal_key(world.services, owner.id, std::nullopt, world.origin);
  EXPECT_EQ(personal->key.dialect, "native");
  EXPECT_EQ(personal->key.type, "");
  EXPECT_TRUE(personal->key.restrictions.none());
  EXPECT_EQ(authenticate_key(world.services, personal->text.reveal())->key_dialect, "native");
}

TEST_F(IssuedKeyStyle, KeysOfBeforeTheUpgradeAreNative) {
  const auto issued = issue("native", "");
  EXPECT_EQ(
      world.database_server.sql("select dialect || '|' || type || '|' || cidrs::text || '|' ||"
                                " paths::text from postern.api_key"),
      "native||{}|{}");
  EXPECT_EQ(world.database_server.sql(
                "select column_default from information_schema.columns where table_schema = "
                "'postern' and table_name = 'api_key' and column_name = 'dialect'"),
            "'native'::text");
}

TEST_F(IssuedKeyStyle, R6EffectivePowerFollowsTheRoleAtEachCheck) {
  NewKey wanted{.name = "scopes",
                .permissions = std::vector<std::string>{"posts.read", "clients.manage"},
                .lifetime = days(30)};
  wanted.dialect = "skedcast";
  const auto issued = issue_key(world.services, owner.id, wanted, owner.id, world.origin);
  ASSERT_TRUE(issued.ok()) << fault(issued);
  const auto power = [&] {
    return authenticate_key(world.services, issued->text.reveal())->permissions;
  };
  EXPECT_EQ(power(), (std::vector<std::string>{"clients.manage", "posts.read"}));
  world.database_server.sql(
      "update postern.role set permissions = '{keys.create,posts.read}' where name = 'owner'");
  EXPECT_EQ(power(), (std::vector<std::string>{"posts.read"}));
  ASSERT_TRUE(
      update_account(world.services, owner.id, {.role = "streamer"}, std::nullopt, world.origin)
          .ok());
  EXPECT_EQ(power(), (std::vector<std::string>{}));
}

}  // namespace
}  // namespace postern::domain

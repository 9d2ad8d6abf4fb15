#include "handlers/json_body.hpp"
#include "tests/support/kitsu_persons.hpp"

namespace postern::test {
namespace {

class KitsuPersonChange : public KitsuPersonsTest {};

TEST_F(KitsuPersonChange, AnAdministratorChangesAnybody) {
  const auto ann = world.person("ann");
  world.domain.clock.advance(std::chrono::minutes(1));
  const auto changed = json_of(world.put(
      ann.path(),
      R"({"first_name":"Anna","role":"manager","email":"anna@example.org","desktop_login":"anna",
          "departments":["a24a6ea4-ce75-4665-a070-57453082c256"],"phone":"1"})",
      admin.access));
  EXPECT_EQ(changed["first_name"].asString(), "Anna");
  EXPECT_EQ(changed["role"].asString(), "manager");
  EXPECT_EQ(changed["email"].asString(), "anna@example.org");
  EXPECT_EQ(changed["desktop_login"].asString(), "anna");
  EXPECT_EQ(changed["departments"][0].asString(), kDepartment);
  EXPECT_EQ(changed["updated_at"].asString(), "2027-01-15T08:01:00");
  EXPECT_EQ(changed["created_at"].asString(), "2027-01-15T08:00:00");
  EXPECT_FALSE(changed.isMember("access_token"));
  EXPECT_EQ(shown(ann.path()), changed);
}

TEST_F(KitsuPersonChange, NullTakesAwayWhatThereNeedNotBe) {
  const auto ann = world.person("ann");
  world.put(ann.path(),
            R"({"phone":"1","country":"FR","data":{"a":1},"first_name":"Ann","shotgun_id":3})",
            admin.access);
  const auto changed = json_of(
      world.put(ann.path(), R"({"phone":null,"data":null,"first_name":null,"shotgun_id":null})",
                admin.access));
  EXPECT_TRUE(changed["phone"].isNull());
  EXPECT_TRUE(changed["data"].isNull());
  EXPECT_TRUE(changed["shotgun_id"].isNull());
  EXPECT_EQ(changed["country"].asString(), "FR");
  EXPECT_EQ(changed["first_name"].asString(), "Ann");
}

TEST_F(KitsuPersonChange, WhoIsCalledByHisAddressStaysSo) {
  const auto person = created(R"({"email":"ann@example.org","password":"correct horse battery"})");
  const auto changed =
      json_of(world.put(path(person), R"({"email":"lee@example.org"})", admin.access));
  EXPECT_EQ(changed["desktop_login"].asString(), "");
  EXPECT_EQ(sql("select username from postern.account where email = 'lee@example.org'"),
            "lee@example.org");
  EXPECT_EQ(world.post(KitsuWorld::kLogin, KitsuWorld::login_body("ann@example.org")).status(),
            400);
}

TEST_F(KitsuPersonChange, APersonChangesWhatIsHisOwn) {
  const auto ann = world.person("ann");
  const auto changed = json_of(world.put(
      ann.path(),
      R"({"first_name":"Ann","last_name":"Lee","phone":"2","timezone":"Asia/Tokyo","locale":"ja_JP",
          "use_12_hour_clock":true,"notifications_enabled":true,"data":{"x":1},
          "email":"lee@example.org"})",
      ann.access));
  EXPECT_EQ(changed["full_name"].asString(), "Ann Lee");
  EXPECT_EQ(changed["timezone"].asString(), "Asia/Tokyo");
  EXPECT_TRUE(changed["use_12_hour_clock"].asBool());
  EXPECT_TRUE(changed["notifications_enabled"].asBool());
  EXPECT_EQ(changed["email"].asString(), "lee@example.org");
}

// Whoever found it in a script could set himself a password by mail, and have the account for good.
TEST_F(KitsuPersonChange, ATokenGivesItsOwnerNoOtherNameOrAddress) {
  for (const auto* role : {"user", "admin"}) {
    const auto person = world.person(std::string("a-") + role, role);
    const auto before = shown(person.path());
    const auto response =
        world.put(person.path(), R"({"email":"mallory@example.org","desktop_login":"mallory"})",
                  world.script_token(person.account));
    EXPECT_EQ(response.status(), 200);
    EXPECT_EQ(json_of(response), before);
  }
}

// Mass assignment: a whole object goes back, and whoever sends it may have changed any of it.
TEST_F(KitsuPersonChange, NobodyRaisesHimselfByMassAssignment) {
  const auto ann = world.person("ann");
  auto body = json_of(world.get(ann.path(), ann.access));
  const auto before = body;
  body["role"] = "admin";
  body["active"] = false;
  body["is_bot"] = true;
  body["departments"].append(kDepartment);
  body["studio_id"] = kDepartment;
  body["archived"] = true;
  body["is_guest"] = true;
  body["daily_salary"] = 1000000;
  body["position"] = "supervisor";
  body["seniority"] = "senior";
  body["contract_type"] = "x";
  body["shotgun_id"] = 7;
  body["last_presence"] = "2030-01-01";
  body["ldap_uid"] = "root";
  body["is_generated_from_ldap"] = true;
  body["totp_enabled"] = true;
  body["id"] = admin.id();
  body["created_at"] = "1999-01-01T00:00:00";
  body["password"] = "another horse battery";
  body["permissions"].append("admin");
  body["is_approved"] = true;
  body["jti"] = "x";
  body.removeMember("expiration_date");
  for (const auto& credential : {ann.access, world.script_token(ann.account)}) {
    const auto response = world.put(ann.path(), handlers::write_json(body), credential);
    EXPECT_EQ(response.status(), 200) << response.body();
    EXPECT_EQ(json_of(response), before);
  }
  EXPECT_EQ(world.status_with(ann.access), 200);
  EXPECT_EQ(world.post(KitsuWorld::kLogin, KitsuWorld::login_body("ann")).status(), 200)
      << "the password is as it was";
}

TEST_F(KitsuPersonChange, NobodyChangesOthers) {
  const auto ann = world.person("ann");
  const std::string wish = R"({"first_name":"Mallory"})";
  for (const auto* role : {"user", "manager", "supervisor"}) {
    const auto other = world.person(std::string("other-") + role, role);
    expect_forbidden(world.put(ann.path(), wish, other.access));
    expect_forbidden(world.put("/api/data/persons/7", wish, other.access));
  }
  expect_forbidden(world.put(ann.path(), wish, world.bot().token));
  EXPECT_EQ(world.put(ann.path(), wish).status(), 401);
  EXPECT_EQ(shown(ann.path())["first_name"].asString(), "");
}

TEST_F(KitsuPersonChange, WhatIsWrongInAChangeChangesNothing) {
  const auto ann = world.person("ann");
  const auto before = shown(ann.path());
  world.domain.account("bob");
  const auto put = [&](const std::string& json) {
    return world.put(ann.path(), json, admin.access);
  };
  expect_refusal(put(R"({"first_name":"X","email":"bob@example.org"})"), 400,
                 "Email already in use.");
  expect_refusal(put(R"({"first_name":"X","desktop_login":"BOB"})"), 400, "Already in use.");
  expect_refusal(put(R"({"first_name":"X","role":"root"})"), 400, "Invalid role");
  expect_validation_error(put(R"({"first_name":7})"), "first_name");
  expect_validation_error(put(R"({"first_name":"X","active":"perhaps"})"), "active");
  EXPECT_EQ(shown(ann.path()), before);
}

TEST_F(KitsuPersonChange, R6DisablingEndsSessionsAndTheTokenInTheSameCommit) {
  const auto ann = world.person("ann");
  const auto token = world.script_token(ann.account);
  EXPECT_EQ(world.status_with(token), 200);
  EXPECT_FALSE(
      json_of(world.put(ann.path(), R"({"active":"False"})", admin.access))["active"].asBool());
  EXPECT_EQ(world.status_with(ann.access), 401);
  EXPECT_EQ(world.status_with(token), 401);
  EXPECT_EQ(world.get(KitsuWorld::kRefresh, ann.refresh).status(), 401);
  EXPECT_TRUE(
      json_of(world.put(ann.path(), R"({"active":true})", admin.access))["active"].asBool());
  EXPECT_EQ(world.status_with(ann.access), 401);
  EXPECT_EQ(world.status_with(token), 401) << "it does not come back";
}

TEST_F(KitsuPersonChange, R6ARoleTakenAwayOpensNothingWithTheNextRequest) {
  const auto second = world.person("second", "admin");
  const std::string wish = R"({"email":"new@example.org"})";
  world.put(second.path(), R"({"role":"user"})", admin.access);
  expect_forbidden(world.post(KitsuWorld::kPersons, wish, second.access));
}

TEST_F(KitsuPersonChange, TheLastAdministratorStays) {
  expect_forbidden(world.put(admin.path(), R"({"role":"user"})", admin.access));
  expect_forbidden(world.put(admin.path(), R"({"active":false})", admin.access));
  EXPECT_EQ(world.status_with(admin.access), 200);
}

TEST_F(KitsuPersonChange, AnAccountThatWaitsIsInactiveUntilAnAdministratorActivatesIt) {
  domain::NewAccount wanted;
  wanted.username = "wanda";
  wanted.is_approved = false;
  const auto wanda =
      domain::create_account(world.domain.services, wanted, std::nullopt, world.domain.origin)
          .value();
  const auto path = KitsuWorld::kPersons + ('/' + wanda.id.text());
  EXPECT_FALSE(shown(path)["active"].asBool());
  // Sent back as it is, it goes on waiting.
  world.put(path, R"({"active":false})", admin.access);
  EXPECT_EQ(sql("select is_active from postern.account where username = 'wanda'"), "t");
  EXPECT_TRUE(json_of(world.put(path, R"({"active":true})", admin.access))["active"].asBool());
}

TEST_F(KitsuPersonChange, ANewAddressOfOnesOwnWaitsWhereAddressesAreConfirmed) {
  world.domain.settings.registration.verify_email = true;
  world.domain.settings.mail.enabled = true;
  const auto person = created(R"({"email":"ann@example.org","password":"correct horse battery"})");
  const auto tokens = world.domain.login("ann@example.org", domain::SessionKind::Kitsu);
  const auto changed =
      json_of(world.put(path(person), R"({"email":"root@example.org"})", tokens.access));
  EXPECT_EQ(changed["email"].asString(), "ann@example.org")
      << "and whether it is taken is not told";
}

TEST_F(KitsuPersonChange, OneSaysWhichSecondFactorComesFirst) {
  const auto ann = world.person("ann");
  expect_refusal(
      world.put(ann.path(), R"({"preferred_two_factor_authentication":"totp"})", ann.access), 400,
      "Invalid value for preferred_two_factor_authentication.");
  expect_validation_error(
      world.put(ann.path(), R"({"preferred_two_factor_authentication":"sms"})", ann.access),
      "preferred_two_factor_authentication");
  sql("update postern.account set totp_enabled = true, webauthn_enabled = true, "
      "preferred_factor = 'totp' where username = 'ann'");
  // Whole objects of an administrator leave it alone.
  world.put(ann.path(), R"({"preferred_two_factor_authentication":"fido"})", admin.access);
  EXPECT_EQ(shown(ann.path())["preferred_two_factor_authentication"].asString(), "totp");
  world.put(ann.path(), R"({"preferred_two_factor_authentication":"fido"})", ann.access);
  EXPECT_EQ(shown(ann.path())["preferred_two_factor_authentication"].asString(), "fido");
  EXPECT_TRUE(shown(ann.path())["fido_enabled"].asBool());
}

}  // namespace
}  // namespace postern::test

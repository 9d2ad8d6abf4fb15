#include <map>

#include "handlers/json_body.hpp"
#include "tests/support/kitsu_persons.hpp"

namespace postern::test {
namespace {

class KitsuPersonCreation : public KitsuPersonsTest {};

TEST_F(KitsuPersonCreation, ANewPersonIsAnsweredWholeWithTheDefaultsOfTheOriginal) {
  const auto person = created(
      R"({"first_name":"Ann","last_name":"Lee","email":"ann@example.org","role":"user",
          "departments":[]})");
  EXPECT_EQ(members_of(person), kWholeMembers);
  const std::map<std::string, std::string> expected{{"type", R"("Person")"},
                                                    {"first_name", R"("Ann")"},
                                                    {"last_name", R"("Lee")"},
                                                    {"full_name", R"("Ann Lee")"},
                                                    {"email", R"("ann@example.org")"},
                                                    {"phone", "null"},
                                                    {"contract_type", R"("open-ended")"},
                                                    {"active", "true"},
                                                    {"archived", "false"},
                                                    {"last_presence", "null"},
                                                    {"desktop_login", R"("")"},
                                                    {"totp_enabled", "false"},
                                                    {"preferred_two_factor_authentication", "null"},
                                                    {"timezone", R"("Europe/Paris")"},
                                                    {"locale", R"("en_US")"},
                                                    {"display_date_format", R"("YYYY-MM-DD")"},
                                                    {"role", R"("user")"},
                                                    {"position", R"("artist")"},
                                                    {"seniority", R"("mid")"},
                                                    {"daily_salary", "0"},
                                                    {"is_bot", "false"},
                                                    {"expiration_date", "null"},
                                                    {"departments", "[]"},
                                                    {"created_at", R"("2027-01-15T08:00:00")"},
                                                    {"updated_at", R"("2027-01-15T08:00:00")"}};
  for (const auto& [name, value] : expected)
    EXPECT_EQ(handlers::write_json(person[name]), value) << name;
}

TEST_F(KitsuPersonCreation, EveryAttributeComesBackAsItWasGiven) {
  const std::map<std::string, std::string> given{
      {"first_name", R"("Zoë")"},
      {"last_name", R"("O'Neil \"Z\"")"},
      {"email", R"("zoe@example.org")"},
      {"desktop_login", R"("zoneil")"},
      {"phone", R"("+33 1 23")"},
      {"country", R"("FR")"},
      {"contract_type", R"("freelance")"},
      {"active", "true"},
      {"archived", "true"},
      {"last_presence", R"("2026-12-31")"},
      {"shotgun_id", "12"},
      {"timezone", R"("America/Argentina/Buenos_Aires")"},
      {"locale", R"("fr_FR")"},
      {"use_12_hour_clock", "true"},
      {"display_date_format", R"("DD/MM/YYYY")"},
      {"data", R"({"a":[1,2.5,{"b":null}],"huge":1e+300})"},
      {"role", R"("supervisor")"},
      {"position", R"("lead")"},
      {"seniority", R"("senior")"},
      {"daily_salary", "250"},
      {"notifications_enabled", "true"},
      {"notifications_slack_enabled", "true"},
      {"notifications_slack_userid", R"("U1")"},
      {"notifications_mattermost_enabled", "true"},
      {"notifications_mattermost_userid", R"("m1")"},
      {"notifications_discord_enabled", "true"},
      {"notifications_discord_userid", R"("d1")"},
      {"is_guest", "true"},
      {"is_generated_from_ldap", "true"},
      {"ldap_uid", R"("uid1")"},
      {"studio_id", R"("b35b7fb5-df86-4776-a181-68564193d360")"},
      {"departments", R"(["a24a6ea4-ce75-4665-a070-57453082c256"])"}};
  std::string body;
  for (const auto& [name, value] : given)
    body += (body.empty() ? "{\"" : ",\"") + name + "\":" + value;
  const auto person = created(body + "}");
  const auto again = shown(path(person));
  const auto updated = json_of(world.put(path(person), handlers::write_json(again), admin.access));
  for (const auto& [name, value] : given) {
    EXPECT_EQ(person[name], json(value)) << name;
    EXPECT_EQ(again[name], json(value)) << name;
    EXPECT_EQ(updated[name], json(value)) << name;
  }
  EXPECT_EQ(again["full_name"].asString(), "Zoë O'Neil \"Z\"");
}

TEST_F(KitsuPersonCreation, TheOldPathMakesThemToo) {
  const auto response =
      world.post("/data/persons/new", R"({"email":"old@example.org"})", admin.access);
  EXPECT_EQ(response.status(), 201);
  EXPECT_EQ(json_of(response)["email"].asString(), "old@example.org");
}

TEST_F(KitsuPersonCreation, WhoGivesNoLoginIsCalledByHisAddressWhichIsNotTold) {
  created(R"({"email":"Ann@example.org","password":"correct horse battery"})");
  EXPECT_EQ(sql("select username from postern.account where email_key = 'ann@example.org'"),
            "Ann@example.org");
  EXPECT_EQ(world.post(KitsuWorld::kLogin, KitsuWorld::login_body("ann@example.org")).status(),
            200);
}

TEST_F(KitsuPersonCreation, AnAddressThatCannotBeAUsernameStandsBesideOneThatIsMadeUp) {
  const auto person = created(R"({"email":"o'neil@example.org"})");
  EXPECT_EQ(person["desktop_login"].asString(), "");
  EXPECT_EQ(person["full_name"].asString(), "");
  EXPECT_TRUE(
      sql("select username from postern.account where email like 'o''%'").starts_with("person."));
}

TEST_F(KitsuPersonCreation, PasswordsAreJudgedByTheDomainAndNeverAnswered) {
  const auto response = world.post(
      KitsuWorld::kPersons, R"({"email":"ann@example.org","password":"short"})", admin.access);
  expect_refusal(response, 400, "Password is too short.");
  EXPECT_EQ(accounts(), "1");
  const auto person = created(R"({"email":"ann@example.org","password":"correct horse battery"})");
  EXPECT_FALSE(person.isMember("password"));
}

TEST_F(KitsuPersonCreation, WithoutAPasswordNobodyLogsInUnlessTheSiteWantsPersonsToBeClaimed) {
  created(R"({"email":"ann@example.org"})");
  const auto login = [&](const std::string& email) {
    return world.post(KitsuWorld::kLogin, KitsuWorld::login_body(email, "default"));
  };
  expect_kitsu(login("ann@example.org"), 400, R"({"login":false})");
  world.settings.kitsu.claimable_persons = true;
  created(R"({"email":"bob@example.org"})");
  created(R"({"email":"cid@example.org","password":"default"})");
  for (const auto* email : {"bob@example.org", "cid@example.org"}) {
    const auto body = json_of(login(email));
    EXPECT_TRUE(body["default_password"].asBool()) << email;
    EXPECT_FALSE(body["login"].asBool());
  }
}

TEST_F(KitsuPersonCreation, APersonCanBeMadeInactive) {
  const auto person =
      created(R"({"email":"ann@example.org","active":false,"password":"correct horse battery"})");
  EXPECT_FALSE(person["active"].asBool());
  EXPECT_EQ(world.post(KitsuWorld::kLogin, KitsuWorld::login_body("ann@example.org")).status(),
            401);
}

TEST_F(KitsuPersonCreation, NamesInUseAreRefused) {
  world.domain.account("ann");
  const auto made = [&](const std::string& json) {
    return world.post(KitsuWorld::kPersons, json, admin.access);
  };
  expect_refusal(made(R"({"email":"ANN@example.org"})"), 400, "Email already in use.");
  expect_refusal(made(R"({"email":"x@example.org","desktop_login":"ann"})"), 400,
                 "Already in use.");
  EXPECT_EQ(accounts(), "2");
}

TEST_F(KitsuPersonCreation, NobodyIsMadeOfWhatIsWrong) {
  const auto made = [&](const std::string& json) {
    return world.post(KitsuWorld::kPersons, json, admin.access);
  };
  expect_refusal(made(R"({"email":"a@example.org","role":"root"})"), 400, "Invalid role");
  expect_refusal(made(R"({"email":"a@example.org","role":"member"})"), 400, "Invalid role");
  expect_refusal(made(R"({"email":"a@example.org","expiration_date":"2027-01-14"})"), 400,
                 "Expiration date can't be in the past.");
  for (const auto* date : {"2027-02-30", "15.01.2028", "2028-1-1", "soon", "2028-01-01T00:00:00"}) {
    expect_refusal(
        made(R"({"email":"a@example.org","expiration_date":")" + std::string(date) + "\"}"), 400,
        "Expiration date is not valid.");
  }
  expect_refusal(made(R"({"email":"no address"})"), 400, "Invalid value for email.");
  expect_refusal(made(R"({"email":"a@example.org","desktop_login":"a b"})"), 400,
                 "Invalid value for desktop_login.");
  expect_validation_error(made(R"({"first_name":"Nameless"})"), "email");
  expect_validation_error(made(R"({"email":7})"), "email");
  expect_validation_error(made(R"({"email":"a@example.org","role":["admin"]})"), "role");
  expect_validation_error(made(R"({"email":"a@example.org","is_bot":"perhaps"})"), "is_bot");
  expect_validation_error(made(R"({"email":"a@example.org","expiration_date":20280101})"),
                          "expiration_date");
  expect_refusal(made("no json"), 400,
                 "The browser (or proxy) sent a request that this server could not understand.");
  EXPECT_EQ(accounts(), "1");
}

TEST_F(KitsuPersonCreation, AttributesHaveBounds) {
  const auto refused = [&](const std::string& name, const std::string& value) {
    expect_validation_error(
        world.post(KitsuWorld::kPersons,
                   R"({"email":"a@example.org",")" + name + "\":" + value + "}", admin.access),
        name);
  };
  const auto text = [](std::size_t length) { return '"' + std::string(length, 'x') + '"'; };
  refused("first_name", text(81));
  refused("last_name", R"("a\nb")");
  refused("phone", text(31));
  refused("timezone", R"("Europe Paris")");
  refused("timezone", R"("<script>")");
  refused("locale", text(21));
  refused("locale", R"("")");
  refused("data", R"({"a":)" + text(3072) + "}");
  refused("data", R"([1])");
  refused("daily_salary", "-1");
  refused("daily_salary", "2147483648");
  refused("daily_salary", R"("much")");
  refused("studio_id", R"("here")");
  refused("departments", R"(["compositing"])");
  refused("departments", R"("a24a6ea4-ce75-4665-a070-57453082c256")");
  refused("last_presence", R"("yesterday")");
  refused("archived", R"("maybe")");
  refused("notifications_slack_userid", text(61));
  EXPECT_EQ(accounts(), "1");
}

TEST_F(KitsuPersonCreation, AtMostAHundredDepartmentsEachOnce) {
  const auto list = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      const auto digits = std::to_string(1000 + i);
      text += (i == 0 ? "[\"" : ",\"") + ("a24a6ea4-ce75-4665-a070-57453082" + digits) + '"';
    }
    return text + "]";
  };
  const auto made = [&](const std::string& departments) {
    return world.post(KitsuWorld::kPersons, R"({"is_bot":true,"departments":)" + departments + "}",
                      admin.access);
  };
  EXPECT_EQ(json_of(made(list(100)))["departments"].size(), 100U);
  expect_validation_error(made(list(101)), "departments");
  const auto twice = json_of(made(R"(["a24a6ea4-ce75-4665-a070-57453082c256",
      "A24A6EA4-CE75-4665-A070-57453082C256","b35b7fb5-df86-4776-a181-68564193d360"])"));
  EXPECT_EQ(handlers::write_json(twice["departments"]),
            std::string("[\"") + kDepartment + "\",\"" + kOtherDepartment + "\"]");
}

TEST_F(KitsuPersonCreation, AllAttributesAtTheirLongestFitIntoTheStore) {
  Json::Value person(Json::objectValue);
  const auto wide = [](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "\xf0\x9f\x8e\xac";
    return text;
  };
  person["email"] = "a@example.org";
  for (const auto* name : {"first_name", "last_name"}) person[name] = wide(80);
  for (const auto* name : {"country", "contract_type", "position", "seniority"})
    person[name] = wide(50);
  for (const auto* name : {"notifications_slack_userid", "notifications_mattermost_userid",
                           "notifications_discord_userid", "ldap_uid"})
    person[name] = wide(60);
  person["phone"] = wide(30);
  person["display_date_format"] = wide(20);
  person["data"]["quotes"] = std::string(1500, '"');
  for (int i = 0; i < 100; ++i)
    person["departments"].append("a24a6ea4-ce75-4665-a070-57453082" + std::to_string(1000 + i));
  const auto response =
      world.post(KitsuWorld::kPersons, handlers::write_json(person), admin.access);
  EXPECT_EQ(response.status(), 201) << response.body();
}

TEST_F(KitsuPersonCreation, OnlyAdministratorsMakePersons) {
  const std::string wish = R"({"email":"new@example.org","role":"admin"})";
  for (const auto* role : {"user", "supervisor", "manager", "client", "vendor"}) {
    const auto person = world.person(role, role);
    expect_forbidden(world.post(KitsuWorld::kPersons, wish, person.access));
    expect_forbidden(world.post(KitsuWorld::kPersons, wish, world.script_token(person.account)));
  }
  expect_forbidden(world.post(KitsuWorld::kPersons, wish, world.bot().token));
  EXPECT_EQ(world.post(KitsuWorld::kPersons, wish).status(), 401);
  EXPECT_EQ(world.post(KitsuWorld::kPersons, wish, world.bot("boss", "admin").token).status(), 201);
}

}  // namespace
}  // namespace postern::test

#include "tests/support/authenticator.hpp"
#include "tests/support/kitsu_persons.hpp"

namespace postern::test {
namespace {

constexpr const char* kNext =
    R"({"password":"another horse battery","password_2":"another horse battery"})";

class KitsuActions : public KitsuPersonsTest {
 protected:
  static std::string action(const std::string& id, const std::string& what) {
    return "/api/actions/persons/" + id + '/' + what;
  }
  fcgi::Response login(const std::string& name, std::string_view password) {
    return world.post(KitsuWorld::kLogin, KitsuWorld::login_body(name, password));
  }
};

TEST_F(KitsuActions, R6APasswordThatAnAdministratorSetsEndsTheSessions) {
  const auto ann = world.person("ann");
  expect_kitsu(world.post(action(ann.id(), "change-password"), kNext, admin.access), 200,
               R"({"success":true})");
  EXPECT_EQ(world.status_with(ann.access), 401);
  EXPECT_EQ(world.get(KitsuWorld::kRefresh, ann.refresh).status(), 401);
  EXPECT_EQ(login("ann", "another horse battery").status(), 200);
  expect_kitsu(login("ann", DomainWorld::kPassword), 400, R"({"login":false})");
}

TEST_F(KitsuActions, APasswordThatIsNoneIsRefused) {
  const auto path = action(world.person("ann").id(), "change-password");
  const auto post = [&](const std::string& json) { return world.post(path, json, admin.access); };
  expect_validation_error(post(R"({"password":"one horse battery","password_2":"two"})"),
                          "password_2");
  expect_validation_error(post(R"({"password":"correct horse battery"})"), "password_2");
  expect_validation_error(post("{}"), "password");
  expect_validation_error(post(R"({"password":7,"password_2":7})"), "password");
  expect_refusal(post(R"({"password":"short","password_2":"short"})"), 400,
                 "Password is too short.", false);
  EXPECT_EQ(login("ann", DomainWorld::kPassword).status(), 200);
}

TEST_F(KitsuActions, AnAdministratorsPasswordIsHisOwnBusiness) {
  const auto second = world.person("second", "admin");
  for (const auto* what : {"change-password", "reset-password-link"}) {
    expect_refusal(world.post(action(second.id(), what), kNext, admin.access), 400,
                   "An admin can't change another admin's password.");
  }
  // Whatever the role is called that administers.
  sql("update postern.role set permissions = '{admin}' where name = 'supervisor'");
  const auto other = world.person("other", "supervisor");
  expect_refusal(world.post(action(other.id(), "change-password"), kNext, admin.access), 400,
                 "An admin can't change another admin's password.");
  EXPECT_EQ(login("second", DomainWorld::kPassword).status(), 200);
}

TEST_F(KitsuActions, AnAdministratorSetsHisOwnAndStaysSignedIn) {
  const auto elsewhere = world.again(admin);
  EXPECT_EQ(world.post(action(admin.id(), "change-password"), kNext, admin.access).status(), 200);
  EXPECT_EQ(world.status_with(admin.access), 200);
  EXPECT_EQ(world.status_with(elsewhere.access), 401);
}

// Whoever found the token in a script would have the account for good.
TEST_F(KitsuActions, AnAdministratorsTokenChangesNoneOfHisOwnCredentials) {
  enrol(world.domain, admin.account);
  const auto token = world.script_token(admin.account);
  expect_forbidden(world.post(action(admin.id(), "change-password"), kNext, token));
  expect_forbidden(world.post(action(admin.id(), "reset-password-link"), "", token));
  expect_forbidden(world.del(action(admin.id(), "disable-two-factor-authentication"), token));
  expect_forbidden(world.del(admin.path() + "/two-factor-authentication", token));
  EXPECT_EQ(sql("select totp_enabled from postern.account where username = 'root'"), "t");
  const auto ann = world.person("ann");
  EXPECT_EQ(world.post(action(ann.id(), "change-password"), kNext, token).status(), 200)
      << "others' he does administer with it";
}

TEST_F(KitsuActions, BotsHaveNoPassword) {
  const auto bot = world.bot();
  world.domain.settings.mail.enabled = true;
  expect_forbidden(world.post(action(bot.id(), "change-password"), kNext, admin.access));
  expect_forbidden(world.post(action(bot.id(), "reset-password-link"), "", admin.access));
  expect_forbidden(world.get(action(bot.id(), "invite"), admin.access));
  EXPECT_EQ(sql("select count(*) from postern.mail"), "0");
}

TEST_F(KitsuActions, R6ALostFactorIsTakenOffByEitherPath) {
  const auto ann = world.person("ann");
  for (const auto& path : {action(ann.id(), "disable-two-factor-authentication"),
                           ann.path() + "/two-factor-authentication"}) {
    enrol(world.domain, ann.account);
    EXPECT_TRUE(shown(ann.path())["totp_enabled"].asBool());
    expect_kitsu(world.del(path, admin.access), 200, R"({"success":true})");
    EXPECT_FALSE(shown(ann.path())["totp_enabled"].asBool());
    EXPECT_EQ(world.status_with(ann.access), 401);
    EXPECT_EQ(login("ann", DomainWorld::kPassword).status(), 200);
    expect_refusal(world.del(path, admin.access), 400,
                   "Two factor authentication not enabled for this user.", false);
  }
}

TEST_F(KitsuActions, AnInvitationIsALetterThatLetsItsReaderSetAPassword) {
  world.domain.settings.mail.enabled = true;
  const auto person = created(R"({"email":"new@example.org"})");
  expect_kitsu(world.get(action(person["id"].asString(), "invite"), admin.access), 200,
               R"({"message":"Email sent","success":true})");
  EXPECT_EQ(sql("select kind from postern.mail"), "2");
}

TEST_F(KitsuActions, WhoCannotBeWrittenToIsNotInvited) {
  const auto ann = world.person("ann");
  const auto invite = [&](const std::string& id) {
    return world.get(action(id, "invite"), admin.access);
  };
  expect_refusal(invite(ann.id()), 400, "No mail can be sent: no mail server is set up.");
  world.domain.settings.mail.enabled = true;
  const auto nameless = created(R"({"desktop_login":"nameless"})");
  expect_refusal(invite(nameless["id"].asString()), 400, "This person has no email.");
  world.put(ann.path(), R"({"active":false})", admin.access);
  expect_refusal(invite(ann.id()), 400, "This person is not active.");
  EXPECT_EQ(sql("select count(*) from postern.mail"), "0");
}

TEST_F(KitsuActions, AResetLinkLeadsToThePageOfTheSiteAndIsGoodOnce) {
  world.settings.kitsu.reset_page = "https://kitsu.example.org/reset";
  const auto person = created(R"({"email":"ann+x@example.org"})");
  const auto response =
      world.post(action(person["id"].asString(), "reset-password-link"), "", admin.access);
  EXPECT_EQ(response.status(), 200);
  const auto link = json_of(response)["reset_password_link"].asString();
  const std::string start = "https://kitsu.example.org/reset?email=ann%2Bx%40example.org&token=";
  ASSERT_TRUE(link.starts_with(start)) << link;
  const auto body = R"({"email":"ann+x@example.org","token":")" + link.substr(start.size()) +
                    R"(","password":"another horse battery","password2":"another horse battery"})";
  EXPECT_EQ(world.put("/auth/reset-password", body).status(), 200);
  EXPECT_EQ(world.put("/auth/reset-password", body).status(), 400);
  EXPECT_EQ(login("ann+x@example.org", "another horse battery").status(), 200);
}

TEST_F(KitsuActions, WithoutAnAddressThereIsNoResetLink) {
  const auto person = created(R"({"desktop_login":"nameless"})");
  expect_refusal(
      world.post(action(person["id"].asString(), "reset-password-link"), "", admin.access), 400,
      "This person has no email.");
}

TEST_F(KitsuActions, TheyAreForAdministratorsAlone) {
  const auto ann = world.person("ann");
  const auto manager = world.person("max", "manager");
  const auto bot = world.bot();
  world.domain.settings.mail.enabled = true;
  enrol(world.domain, world.person("eve").account);
  const auto asked = [&](const domain::Secret& credential) {
    return std::vector<fcgi::Response>{
        world.post(action(ann.id(), "change-password"), kNext, credential),
        world.del(action(ann.id(), "disable-two-factor-authentication"), credential),
        world.del(ann.path() + "/two-factor-authentication", credential),
        world.get(action(ann.id(), "invite"), credential),
        world.post(action(ann.id(), "reset-password-link"), "", credential)};
  };
  for (const auto& credential :
       {manager.access, ann.access, bot.token, world.script_token(manager.account)}) {
    for (const auto& response : asked(credential)) expect_forbidden(response);
  }
  for (const auto& response : asked({})) EXPECT_EQ(response.status(), 401);
  EXPECT_EQ(sql("select count(*) from postern.mail where kind = 2"), "0");
  EXPECT_EQ(login("ann", DomainWorld::kPassword).status(), 200);
}

TEST_F(KitsuActions, NobodyIsFoundUnderAnotherId) {
  for (const auto* id : {"7", "a24a6ea4-ce75-4665-a070-57453082c256"}) {
    expect_not_found(world.post(action(id, "change-password"), kNext, admin.access));
    expect_not_found(world.del(action(id, "disable-two-factor-authentication"), admin.access));
    expect_not_found(world.get(action(id, "invite"), admin.access));
    expect_not_found(world.post(action(id, "reset-password-link"), "", admin.access));
  }
}

}  // namespace
}  // namespace postern::test

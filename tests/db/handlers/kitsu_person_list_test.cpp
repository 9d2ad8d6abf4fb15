#include "tests/support/kitsu_persons.hpp"

namespace postern::test {
namespace {

class KitsuPersonList : public KitsuPersonsTest {
 protected:
  Json::Value listed(const std::string& query, const domain::Secret& credential) {
    const auto response = world.get(KitsuWorld::kPersons + query, credential);
    EXPECT_EQ(response.status(), 200) << query << ' ' << response.body();
    return json_of(response);
  }
  /// The usernames of those that a query finds for the administrator.
  std::string found(const std::string& query) {
    std::string names;
    for (const auto& person : listed(query, admin.access))
      names += person["desktop_login"].asString() + ' ';
    return names;
  }
  void make(const std::string& username, const std::string& more) {
    created(R"({"email":")" + username + R"(@example.org","desktop_login":")" + username + '"' +
            more + "}");
  }
};

TEST_F(KitsuPersonList, EverybodyIsThereOldestFirstWholeForAdministratorsOnly) {
  const auto ann = world.person("ann");
  const auto bot = world.bot();
  const auto whole = listed("", admin.access);
  ASSERT_EQ(whole.size(), 3U);
  EXPECT_EQ(whole[0]["id"].asString(), admin.id());
  EXPECT_EQ(whole[1]["id"].asString(), ann.id());
  EXPECT_EQ(whole[2]["id"].asString(), bot.id());
  for (const auto& person : whole) EXPECT_EQ(members_of(person), kWholeMembers);
  for (const auto& credential : {ann.access, world.person("max", "manager").access, bot.token}) {
    for (const auto& person : listed("?relations=true", credential))
      EXPECT_EQ(members_of(person), kMinimalMembers);
  }
  EXPECT_EQ(world.get(KitsuWorld::kPersons).status(), 401);
}

TEST_F(KitsuPersonList, EveryColumnCanBeAskedFor) {
  make("ann", R"(,"first_name":"Ann","last_name":"Lee","role":"manager","phone":"+33",
                 "departments":["a24a6ea4-ce75-4665-a070-57453082c256"],"shotgun_id":7,
                 "studio_id":"b35b7fb5-df86-4776-a181-68564193d360","daily_salary":9)");
  make("bob", R"(,"first_name":"Bob","last_name":"Lee","archived":true,"active":false)");
  const auto bot = world.bot();
  const auto ann = listed("?desktop_login=ann", admin.access)[0]["id"].asString();
  for (const std::string query :
       {"?email=ann@example.org", "?email=ANN%40example.org", "?desktop_login=ann",
        "?desktop_login=ANN", "?first_name=Ann", "?full_name=Ann%20Lee", "?last_name=Lee&active=1",
        "?role=manager", "?phone=%2B33", "?shotgun_id=7", "?daily_salary=9",
        "?departments=a24a6ea4-ce75-4665-a070-57453082c256",
        "?studio_id=b35b7fb5-df86-4776-a181-68564193d360", "?last_name=Lee&archived=False"}) {
    EXPECT_EQ(found(query), "ann ") << query;
  }
  EXPECT_EQ(found("?id=" + ann), "ann ");
  EXPECT_EQ(found("?id=" + ann + "&first_name=Ann"), "ann ");
  EXPECT_EQ(found("?last_name=Lee"), "ann bob ");
  EXPECT_EQ(found("?active=False"), "bob ");
  EXPECT_EQ(found("?active=false"), "bob ");
  EXPECT_EQ(found("?is_bot=True"), "robot ");
  EXPECT_EQ(found("?is_bot=False&role=user"), "bob ");
  EXPECT_EQ(found("?is_bot=False&relations=true"), "root ann bob ");
}

TEST_F(KitsuPersonList, WhatMatchesNobodyIsAnEmptyList) {
  make("ann", "");
  for (const std::string query :
       {"?email=nobody@example.org", "?email=ann", "?email=", "?desktop_login=ann@example.org",
        "?id=ann", "?id=a24a6ea4-ce75-4665-a070-57453082c256", "?is_bot=perhaps",
        "?phone=", "?first_name=Ann%27%20or%201%3D1--", "?email=ann@example.org&is_bot=True"}) {
    EXPECT_EQ(found(query), "") << query;
  }
}

TEST_F(KitsuPersonList, FiltersThatAreNoColumnAreRefusedAndAreNotPassedOver) {
  for (const std::string name :
       {"password", "colour", "with_pass_hash", "jti", "username", "totp_secret", "access_token"}) {
    expect_refusal(world.get(KitsuWorld::kPersons + ('?' + name) + "=x", admin.access), 400,
                   "Filtering on " + name + " is not allowed.");
  }
}

TEST_F(KitsuPersonList, WhatIsNoTextIsNoFilter) {
  for (const auto* query : {"?%ff=1", "?email=%ff", "?%00=1", "?first_name=%00"}) {
    const auto response = world.get(KitsuWorld::kPersons + std::string(query), admin.access);
    EXPECT_TRUE(response.status() == 400 || response.body() == "[]") << query << response.body();
    EXPECT_FALSE(json_of(response).isNull()) << query;
  }
}

// The number of answers would tell what is not shown.
TEST_F(KitsuPersonList, OthersFilterByWhatTheySeeAndByAddress) {
  make("ann", R"(,"phone":"+33","daily_salary":9)");
  const auto bob = world.person("bob");
  for (const std::string name : {"phone", "daily_salary", "totp_enabled", "timezone", "country",
                                 "expiration_date", "created_at"}) {
    expect_refusal(world.get(KitsuWorld::kPersons + ('?' + name) + "=9", bob.access), 400,
                   "Filtering on " + name + " is not allowed.");
  }
  const auto seen = listed("?email=ann@example.org&role=user&active=True", bob.access);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(members_of(seen[0]), kMinimalMembers);
}

TEST_F(KitsuPersonList, PagesSayWhereTheyAre) {
  for (int i = 0; i < 6; ++i) make("p" + std::to_string(i), "");
  const auto names = [](const Json::Value& page) {
    std::string text;
    for (const auto& person : page["data"]) text += person["desktop_login"].asString() + ' ';
    return text;
  };
  const auto second = listed("?page=2&limit=3", admin.access);
  EXPECT_EQ(members_of(second), "data limit nb_pages offset page total ");
  EXPECT_EQ(names(second), "p2 p3 p4 ");
  EXPECT_EQ(second["total"].asInt(), 7);
  EXPECT_EQ(second["nb_pages"].asInt(), 3);
  EXPECT_EQ(second["limit"].asInt(), 3);
  EXPECT_EQ(second["offset"].asInt(), 3);
  EXPECT_EQ(second["page"].asInt(), 2);
  EXPECT_EQ(names(listed("?page=3&limit=3", admin.access)), "p5 ");
  EXPECT_EQ(names(listed("?page=4&limit=3", admin.access)), "");
  EXPECT_EQ(listed("?page=1", admin.access)["limit"].asInt(), 100);
  EXPECT_EQ(listed("?page=1&limit=5000", admin.access)["limit"].asInt(), 1000);
  const auto few = listed("?page=1&limit=2&desktop_login=p3", admin.access);
  EXPECT_EQ(few["total"].asInt(), 1);
  EXPECT_EQ(few["nb_pages"].asInt(), 1);
  const auto none = listed("?page=1&first_name=nobody", admin.access);
  EXPECT_EQ(none["nb_pages"].asInt(), 0);
  for (const auto* query : {"?page=0", "?page=-1", "?limit=2"})
    EXPECT_EQ(listed(query, admin.access).size(), 7U) << query;
  EXPECT_EQ(names(listed("?page=9223372036854775807&limit=1000", admin.access)), "");
  for (const auto* name : {"page", "limit"}) {
    expect_validation_error(
        world.get(KitsuWorld::kPersons + std::string("?") + name + "=two", admin.access), name);
  }
}

TEST_F(KitsuPersonList, MoreThanThePagesOfTheDomainAreAllThere) {
  sql("insert into postern.account (id, username, username_key, role, is_active, is_approved, "
      "is_bot, created_at) select gen_random_uuid(), 'u' || n, 'u' || n, 'user', true, true, "
      "false, timestamptz '2027-01-15 08:00:01Z' from generate_series(1, 250) n");
  EXPECT_EQ(listed("", admin.access).size(), 251U);
  EXPECT_EQ(listed("?page=3&limit=100", admin.access)["data"].size(), 51U);
  EXPECT_EQ(json_of(world.get("/data/user/context", admin.access))["persons"].size(), 251U);
}

}  // namespace
}  // namespace postern::test

#include <gtest/gtest.h>

#include "tests/support/kitsu_world.hpp"

// A person who has to set up a second factor first gets no further by another door.

namespace postern::test {
namespace {

using World = KitsuWorld;

class KitsuLackingFactor : public testing::Test {
 protected:
  KitsuLackingFactor() { world.domain.settings.mfa.required_at_kitsu = true; }

  int native(std::string_view method, std::string_view path, const domain::Secret& token) {
    return world.send(method, path, json(R"({"name":"ci"})"), token).status();
  }

  World world;
  World::Person ann = world.person("ann");
};

TEST_F(KitsuLackingFactor, R10OtherDoorsDoNotTakeItsSession) {
  for (const char* path : {"/auth/v1/me", "/auth/v1/keys", "/api/accounts/users/me/",
                           "/api/v1/auth/me", "/api/v3/me", "/v1/agency"}) {
    const auto refused = world.get(path, ann.access);
    EXPECT_TRUE(refused.status() == 401 || refused.status() == 403) << path << refused.status();
    const auto own = world.domain.login("ann").access;
    EXPECT_EQ(world.get(path, own).status(), 200) << path << ": its own sessions are free";
  }
  EXPECT_NE(native("POST", "/auth/v1/keys", ann.access), 201) << "no key on the way around it";
}

TEST_F(KitsuLackingFactor, R6IsOverWithTheFactor) {
  EXPECT_EQ(world.get("/api/data/persons", ann.access).status(), 403);
  world.domain.database_server.sql("update postern.account set totp_enabled = true");
  EXPECT_EQ(world.get("/api/data/persons", ann.access).status(), 200);
  EXPECT_EQ(world.get("/auth/v1/me", ann.access).status(), 200);
}

TEST_F(KitsuLackingFactor, BotsAndScriptsHaveNoFactor) {
  EXPECT_EQ(world.get("/api/data/persons", world.bot().token).status(), 200);
  EXPECT_EQ(world.get("/api/data/persons", world.script_token(ann.account)).status(), 200);
}

TEST_F(KitsuLackingFactor, WhatSetsOneUpIsOpen) {
  EXPECT_EQ(world.put("/api/auth/totp", "", ann.access).status(), 200);
  EXPECT_EQ(world.get(World::kMe, ann.access).status(), 200);
  EXPECT_EQ(world.get(World::kRefresh, ann.refresh).status(), 200);
  EXPECT_EQ(world.post("/api/auth/change-password", "{}", ann.access).status(), 403);
  EXPECT_EQ(world.get("/api/auth/logout", ann.access).status(), 200);
}

}  // namespace
}  // namespace postern::test

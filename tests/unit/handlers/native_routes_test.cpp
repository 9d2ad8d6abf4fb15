#include <gtest/gtest.h>

#include <set>

#include "handlers/native/native.hpp"

// What guards the rows of the table must have. The matrix test shows that guards hold; these rules
// show that a row has the right one (CVE-2024-3656).

namespace postern::handlers {
namespace {

bool is_admin_path(const Route& route) {
  return route.pattern.starts_with("/auth/v1/admin/");
}

TEST(NativeRoutes, B7n24AdministrationAsksForAdmin) {
  for (const auto& route : native_dialect().routes) {
    const bool asks = route.guard == Guard::Admin || route.guard == Guard::AdminSession;
    EXPECT_EQ(asks, is_admin_path(route)) << route.name;
  }
}

TEST(NativeRoutes, WhatChangesTheOwnAccountAsksForASession) {
  const std::set<std::string_view> kSignIn{"register",     "login",           "refresh",
                                           "sso.token",    "password.forgot", "password.reset",
                                           "email.confirm"};
  for (const auto& route : native_dialect().routes) {
    if (is_admin_path(route) || route.method == "GET") continue;
    EXPECT_EQ(route.guard, kSignIn.count(route.name) ? Guard::Anyone : Guard::Session)
        << route.name;
  }
}

TEST(NativeRoutes, CredentialsOfOthersAreMadeAndEndedWithASession) {
  for (const auto& route : native_dialect().routes) {
    if (!is_admin_path(route) || route.method == "GET") continue;
    // What makes or ends credentials, or decides what they may.
    bool credential = false;
    for (const auto* part : {"/key", "/sessions", "/mfa", "/roles", "/invites", "/clients"})
      credential = credential || route.pattern.find(part) != std::string_view::npos;
    EXPECT_EQ(route.guard, credential ? Guard::AdminSession : Guard::Admin) << route.name;
  }
}

TEST(NativeRoutes, OpenReadsAreThese) {
  std::set<std::string_view> open;
  for (const auto& route : native_dialect().routes) {
    if (route.guard == Guard::Anyone && route.method == "GET") open.insert(route.name);
  }
  EXPECT_EQ(open, (std::set<std::string_view>{"jwks", "healthz", "readyz", "openapi",
                                              "sso.providers", "sso.start", "sso.callback"}));
}

TEST(NativeRoutes, NamesAndPlacesAreUnique) {
  std::set<std::string_view> names;
  std::set<std::pair<std::string_view, std::string_view>> places;
  for (const auto& route : native_dialect().routes) {
    EXPECT_TRUE(names.insert(route.name).second) << route.name;
    EXPECT_TRUE(places.emplace(route.method, route.pattern).second) << route.name;
    EXPECT_TRUE(route.pattern.starts_with("/auth/v1/")) << route.name;
  }
}

}  // namespace
}  // namespace postern::handlers

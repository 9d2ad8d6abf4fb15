#include <gtest/gtest.h>

#include "domain/settings.hpp"

namespace postern::domain {
namespace {

OAuthSettings settings() {
  OAuthSettings settings;
  settings.resources = {{"https://a.example", "site", {}, ""},
                        {"https://a.example/api/", "api", {}, "/api"},
                        {"https://a.example/api/v2", "new api", {}, "/api/v2"},
                        {"https://b.example", "elsewhere", {}, std::nullopt}};
  return settings;
}

std::string found(const OAuthResource* resource) {
  return resource == nullptr ? "" : resource->name;
}

TEST(OAuthResources, AreFoundWhateverSlashIsAtTheEnd) {
  const auto all = settings();
  EXPECT_EQ(found(all.find_resource("https://a.example")), "site");
  EXPECT_EQ(found(all.find_resource("https://a.example/")), "site");
  EXPECT_EQ(found(all.find_resource("https://a.example/api")), "api");
  EXPECT_EQ(found(all.find_resource("https://a.example/api/")), "api");
  EXPECT_EQ(found(all.find_resource("https://b.example/")), "elsewhere");
}

TEST(OAuthResources, AreComparedToTheLetterOtherwise) {
  const auto all = settings();
  for (const char* other : {"", "/", "https://a.example//", "https://a.example/api//",
                            "https://A.example", "http://a.example", "https://a.example/ap",
                            "https://a.example/api/v3", "https://a.example/api?x"}) {
    EXPECT_EQ(all.find_resource(other), nullptr) << other;
  }
}

TEST(OAuthResources, TheClosestPlaceAboveAPathIsItsOwn) {
  const auto all = settings();
  EXPECT_EQ(found(all.resource_at("/")), "site");
  EXPECT_EQ(found(all.resource_at("/apis")), "site");
  EXPECT_EQ(found(all.resource_at("/api")), "api");
  EXPECT_EQ(found(all.resource_at("/api/")), "api");
  EXPECT_EQ(found(all.resource_at("/api/v2x")), "api");
  EXPECT_EQ(found(all.resource_at("/api/v2")), "new api");
  EXPECT_EQ(found(all.resource_at("/api/v2/x/y")), "new api");
}

TEST(OAuthResources, APathOfNobodyBelongsToNone) {
  OAuthSettings settings;
  EXPECT_EQ(settings.resource_at("/"), nullptr);
  settings.resources = {{"https://a.example/api", "api", {}, "/api"},
                        {"https://b.example", "elsewhere", {}, std::nullopt}};
  EXPECT_EQ(settings.resource_at("/other"), nullptr);
}

}  // namespace
}  // namespace postern::domain

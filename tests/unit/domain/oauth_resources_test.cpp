#include "domain/oauth_resources.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace postern::domain {
namespace {

OAuthResources few() {
  return {{"https://a.example", "site", {}, ""},
          {"https://a.example/api/", "api", {}, "/api"},
          {"https://a.example/api/v2", "new api", {}, "/api/v2"},
          {"https://b.example", "elsewhere", {}, std::nullopt}};
}

std::string name_of(const OAuthResource* resource) {
  return resource == nullptr ? "" : resource->name;
}

/// The rule itself: the longest that is the path or above it.
std::string by_the_rule(const OAuthResources& all, std::string_view path) {
  const OAuthResource* closest = nullptr;
  for (const auto& each : all) {
    if (!each.path || !path.starts_with(*each.path)) continue;
    if (path.size() > each.path->size() && path[each.path->size()] != '/') continue;
    if (closest == nullptr || each.path->size() > closest->path->size()) closest = &each;
  }
  return name_of(closest);
}

/// A thousand and one, many below others.
OAuthResources many() {
  std::vector<OAuthResource> all;
  for (int i = 0; i < 1000; ++i) {
    std::string path;
    for (int rest = i + 1; rest > 0; rest /= 4) path += "/" + std::string(1, "ab-c"[rest % 4]);
    all.push_back({"https://a.example" + path, path, {}, path});
  }
  all.push_back({"https://elsewhere.example", "elsewhere", {}, std::nullopt});
  return all;
}

TEST(OAuthResources, AreFoundWhateverSlashIsAtTheEnd) {
  const auto all = few();
  EXPECT_EQ(name_of(all.find("https://a.example")), "site");
  EXPECT_EQ(name_of(all.find("https://a.example/")), "site");
  EXPECT_EQ(name_of(all.find("https://a.example/api")), "api");
  EXPECT_EQ(name_of(all.find("https://a.example/api/")), "api");
  EXPECT_EQ(name_of(all.find("https://b.example/")), "elsewhere");
}

TEST(OAuthResources, AreComparedToTheLetterOtherwise) {
  const auto all = few();
  for (const char* other : {"", "/", "https://a.example//", "https://a.example/api//",
                            "https://A.example", "http://a.example", "https://a.example/ap",
                            "https://a.example/api/v3", "https://a.example/api?x"}) {
    EXPECT_EQ(all.find(other), nullptr) << other;
  }
}

TEST(OAuthResources, TheClosestPlaceAboveAPathIsItsOwn) {
  const auto all = few();
  EXPECT_EQ(name_of(all.at("/")), "site");
  EXPECT_EQ(name_of(all.at("/apis")), "site");
  EXPECT_EQ(name_of(all.at("/api")), "api");
  EXPECT_EQ(name_of(all.at("/api/")), "api");
  EXPECT_EQ(name_of(all.at("/api/v2x")), "api");
  EXPECT_EQ(name_of(all.at("/api/v2")), "new api");
  EXPECT_EQ(name_of(all.at("/api/v2/x/y")), "new api");
}

TEST(OAuthResources, APathOfNobodyBelongsToNone) {
  EXPECT_EQ(OAuthResources().at("/"), nullptr);
  const OAuthResources all{{"https://a.example/api", "api", {}, "/api"},
                           {"https://b.example", "elsewhere", {}, std::nullopt}};
  for (const char* path : {"/other", "/", "", "/ap", "/apis", "*", "api", "/other/api", "//api"}) {
    EXPECT_EQ(all.at(path), nullptr) << path;
  }
  EXPECT_EQ(few().at("*"), nullptr) << "what is no path is nobody's, not the site's";
}

TEST(OAuthResources, StayInTheOrderOfTheConfiguration) {
  const auto all = few();
  EXPECT_EQ(all.front().name, "site");
  EXPECT_EQ(all[3].name, "elsewhere");
  EXPECT_EQ(all.size(), 4U);
}

TEST(OAuthResources, ACopyFindsItsOwn) {
  auto first = std::make_unique<OAuthResources>(many());
  const OAuthResources second = *first;
  first.reset();
  EXPECT_EQ(name_of(second.at("/a/x")), by_the_rule(second, "/a/x"));
  EXPECT_EQ(second.find("https://elsewhere.example/"), &second.all().back());
}

TEST(OAuthResources, OfAThousandEachIsFoundAsTheRuleSays) {
  const auto all = many();
  std::size_t somebodys = 0;
  for (const auto& each : all) {
    EXPECT_EQ(name_of(all.find(each.uri)), each.name);
    if (!each.path) continue;
    for (const char* below : {"", "/", "/a", "/-", "/x/y", "x", "-", "/c/b/a/b/c/-/a"}) {
      const auto path = *each.path + below;
      EXPECT_EQ(name_of(all.at(path)), by_the_rule(all, path)) << path;
      somebodys += all.at(path) != nullptr ? 1 : 0;
    }
  }
  EXPECT_GT(somebodys, 5000U);
}

TEST(OAuthResources, R9OneOfAThousandIsFoundWithoutLookingAtEach) {
  const auto all = many();
  const std::string deep = "/b/b/c/c/a/page";
  std::string hostile;
  for (int i = 0; i < 4000; ++i) hostile += "/a";
  const auto cost = [&](auto look) {
    auto best = std::chrono::nanoseconds::max();
    for (int i = 0; i < 50; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      for (int j = 0; j < 20; ++j) look();
      best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - begin);
    }
    return best;
  };
  const auto by_rule = cost([&] { return by_the_rule(all, deep).size(); });
  EXPECT_LT(cost([&] { return all.at(deep); }), by_rule / 3);
  EXPECT_LT(cost([&] { return all.at(hostile); }), by_rule / 3) << "however long a path is";
}

}  // namespace
}  // namespace postern::domain

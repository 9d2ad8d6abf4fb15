#include "handlers/native/openapi.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "handlers/json_body.hpp"
#include "handlers/native/native.hpp"
#include "handlers/version.hpp"

namespace postern::handlers {
namespace {

const Json::Value& document() {
  static const auto kDocument = parse_json(native::openapi_document()).value.value();
  return kDocument;
}

std::string upper(std::string text) {
  for (auto& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

/// What a reference inside the document points to; null when it points nowhere.
const Json::Value& resolve(std::string_view reference) {
  static const Json::Value kNowhere;
  if (!reference.starts_with("#/")) return kNowhere;
  const Json::Value* at = &document();
  for (std::size_t start = 2; start <= reference.size();) {
    const auto slash = std::min(reference.find('/', start), reference.size());
    const auto name = std::string(reference.substr(start, slash - start));
    if (!at->isObject() || !at->isMember(name)) return kNowhere;
    at = &(*at)[name];
    start = slash + 1;
  }
  return *at;
}

void collect_references(const Json::Value& value, std::set<std::string>& found) {
  if (value.isObject() && value.isMember("$ref")) found.insert(value["$ref"].asString());
  for (const auto& child : value) {
    if (child.isObject() || child.isArray()) collect_references(child, found);
  }
}

template <class Visit>
void for_each_operation(Visit&& visit) {
  const auto& paths = document()["paths"];
  for (const auto& path : paths.getMemberNames()) {
    for (const auto& method : paths[path].getMemberNames()) {
      visit(upper(method), path, paths[path][method]);
    }
  }
}

TEST(OpenApi, HasExactlyTheRoutesOfTheTable) {
  std::set<std::string> described;
  for_each_operation([&](const std::string& method, const std::string& path, const Json::Value&) {
    described.insert(method + " " + path);
  });
  std::set<std::string> routed;
  for (const auto& route : native_dialect().routes) {
    routed.insert(std::string(route.method) + " " + std::string(route.pattern));
  }
  EXPECT_EQ(described, routed);
  EXPECT_EQ(routed.size(), native_dialect().routes.size()) << "a route stands twice";
}

TEST(OpenApi, EachOperationSaysWhatItTakesAndAnswers) {
  std::set<std::string> ids;
  for_each_operation(
      [&](const std::string& method, const std::string& path, const Json::Value& operation) {
        const auto what = method + " " + path;
        EXPECT_FALSE(operation["summary"].asString().empty()) << what;
        EXPECT_FALSE(operation["responses"].empty()) << what;
        EXPECT_TRUE(ids.insert(operation["operationId"].asString()).second) << what;
        for (const auto& media : operation["requestBody"]["content"]) {
          EXPECT_TRUE(media["schema"].isObject()) << what;
        }
      });
}

TEST(OpenApi, SaysWhoMayCallAsTheGuardsDo) {
  for (const auto& route : native_dialect().routes) {
    const auto method = [&] {
      std::string text(route.method);
      for (auto& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      return text;
    }();
    const auto& security = document()["paths"][std::string(route.pattern)][method]["security"];
    const bool open = route.guard == Guard::Anyone || route.guard == Guard::Loopback;
    const bool session = route.guard == Guard::Session || route.guard == Guard::AdminSession;
    EXPECT_EQ(security.size(), open ? 0U : session ? 1U : 3U) << route.name;
  }
}

TEST(OpenApi, AllReferencesLeadSomewhereAndNothingIsUnused) {
  std::set<std::string> references;
  collect_references(document(), references);
  for (const auto& reference : references) EXPECT_TRUE(resolve(reference).isObject()) << reference;
  for (const auto* part : {"schemas", "responses", "parameters"}) {
    for (const auto& name : document()["components"][part].getMemberNames()) {
      EXPECT_TRUE(references.count("#/components/" + std::string(part) + "/" + name)) << name;
    }
  }
}

TEST(OpenApi, PathParametersAreDescribed) {
  for_each_operation(
      [&](const std::string& method, const std::string& path, const Json::Value& operation) {
        const auto described = [&](const std::string& name) {
          const auto& all = operation["parameters"];
          return std::any_of(all.begin(), all.end(), [&](const Json::Value& parameter) {
            return parameter["$ref"] == "#/components/parameters/" + name;
          });
        };
        const auto has = [&](const char* part) { return path.find(part) != std::string::npos; };
        EXPECT_EQ(described("Id"), has("{id}")) << method << " " << path;
        EXPECT_EQ(described("Name"), has("{name}")) << method << " " << path;
      });
}

TEST(OpenApi, IsOfThisVersion) {
  EXPECT_EQ(document()["info"]["version"].asString(), version());
  EXPECT_EQ(document()["openapi"].asString(), "3.1.0");
}

}  // namespace
}  // namespace postern::handlers

#include "handlers/route.hpp"

#include <gtest/gtest.h>

#include <array>

namespace postern::handlers {
namespace {

Response answer_nothing(const Call& /*call*/, Services& /*services*/) {
  return Response(204);
}

constexpr std::array kRoutes{
    Route{"GET", "/x/users/{id}", "show", Guard::Anyone, answer_nothing},
    Route{"DELETE", "/x/users/{id}", "remove", Guard::Anyone, answer_nothing},
    Route{"GET", "/x/users/me", "me", Guard::Anyone, answer_nothing},
    Route{"POST", "/x/users/{id}/keys/{key}", "key", Guard::Anyone, answer_nothing},
    Route{"PUT", "/x/only", "only", Guard::Anyone, answer_nothing},
    Route{"GET", "/y", "place", Guard::Anyone, answer_nothing},
    Route{"GET", "/y/{path...}", "below", Guard::Anyone, answer_nothing},
    Route{"POST", "/y/{id}", "one", Guard::Anyone, answer_nothing},
    Route{"GET", "/y/z", "literal", Guard::Anyone, answer_nothing},
};

Dialect dialect(bool trailing_slash_optional) {
  Dialect made{};
  made.routes = kRoutes;
  made.trailing_slash_optional = trailing_slash_optional;
  return made;
}

std::string_view name_of(const RouteMatch& match) {
  return match.route == nullptr ? std::string_view() : match.route->name;
}

TEST(RouteMatching, BindsTheNamedSegments) {
  const auto match = match_route(dialect(false), "POST", "/x/users/7/keys/a b");
  ASSERT_EQ(name_of(match), "key");
  EXPECT_EQ(match.path.at("id"), "7");
  EXPECT_EQ(match.path.at("key"), "a b");
}

TEST(RouteMatching, LiteralSegmentsWinWhateverTheOrderAndTheMethod) {
  EXPECT_EQ(name_of(match_route(dialect(false), "GET", "/x/users/me")), "me");
  const auto removed = match_route(dialect(false), "DELETE", "/x/users/me");
  EXPECT_EQ(removed.route, nullptr);
  EXPECT_EQ(removed.allow, "GET, HEAD");
}

TEST(RouteMatching, ANameWithDotsTakesWhatIsLeft) {
  const auto deep = match_route(dialect(false), "GET", "/y/a/b c/d");
  ASSERT_EQ(name_of(deep), "below");
  EXPECT_EQ(deep.path.at("path"), "a/b c/d");
  const auto slash = match_route(dialect(false), "GET", "/y/a/b/");
  ASSERT_EQ(name_of(slash), "below");
  EXPECT_EQ(slash.path.at("path"), "a/b/") << "a slash at the end is part of it";
  EXPECT_EQ(name_of(match_route(dialect(false), "GET", "/y")), "place");
  EXPECT_EQ(match_route(dialect(false), "GET", "/y/").route, nullptr) << "nothing is left";
}

TEST(RouteMatching, OneSegmentIsCloserThanWhatIsLeftAndALiteralCloserThanBoth) {
  EXPECT_EQ(name_of(match_route(dialect(false), "POST", "/y/a")), "one");
  EXPECT_EQ(match_route(dialect(false), "GET", "/y/a").allow, "POST");
  EXPECT_EQ(name_of(match_route(dialect(false), "GET", "/y/z")), "literal");
  EXPECT_EQ(name_of(match_route(dialect(false), "GET", "/y/z/a")), "below");
}

TEST(RouteMatching, ListsTheMethodsOfThePath) {
  const auto match = match_route(dialect(false), "PATCH", "/x/users/7");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "GET, HEAD, DELETE");
}

TEST(RouteMatching, AnswersHeadWhereGetIs) {
  EXPECT_EQ(name_of(match_route(dialect(false), "HEAD", "/x/users/7")), "show");
  const auto put_only = match_route(dialect(false), "HEAD", "/x/only");
  EXPECT_EQ(put_only.route, nullptr);
  EXPECT_EQ(put_only.allow, "PUT");
}

TEST(RouteMatching, MethodsAreComparedWithCase) {
  EXPECT_EQ(match_route(dialect(false), "get", "/x/users/7").route, nullptr);
}

TEST(RouteMatching, NoSegmentIsEmptyOrMissingOrTooMany) {
  for (const auto* path : {"/x/users/", "/x/users", "/x/users/7/keys/", "/x/users/7/keys/1/2",
                           "/z/users/7", "/", "", "/x/Users/7"}) {
    const auto match = match_route(dialect(false), "GET", path);
    EXPECT_EQ(match.route, nullptr) << path;
    EXPECT_EQ(match.allow, "") << path;
  }
}

TEST(RouteMatching, TrailingSlashOnlyWhereItIsOptional) {
  EXPECT_EQ(name_of(match_route(dialect(true), "GET", "/x/users/7/")), "show");
  EXPECT_EQ(name_of(match_route(dialect(true), "GET", "/x/users/7")), "show");
  EXPECT_EQ(name_of(match_route(dialect(false), "GET", "/x/users/7/")), "");
  EXPECT_EQ(name_of(match_route(dialect(true), "GET", "/x/users/7//")), "");
}

std::string user_agent_of(std::string_view header) {
  Request request;
  request.headers.emplace_back("user-agent", header);
  return Call{request, {}, std::nullopt}.origin().user_agent;
}

TEST(CallOrigin, CarriesAddressAndRequestId) {
  Request request;
  request.id = "abc";
  request.remote_address = "2001:db8::1";
  const auto origin = Call{request, {}, std::nullopt}.origin();
  EXPECT_EQ(origin.address, "2001:db8::1");
  EXPECT_EQ(origin.request_id, "abc");
  EXPECT_EQ(origin.user_agent, "");
}

TEST(CallOrigin, CleansAndCutsTheUserAgent) {
  EXPECT_EQ(user_agent_of("curl/8.0 \xc3\xa4"), "curl/8.0 \xc3\xa4");
  EXPECT_EQ(user_agent_of("a\tb\x7f"), "a?b?");
  EXPECT_EQ(user_agent_of("latin \xe4 one"), "latin ? one");
  EXPECT_EQ(user_agent_of(std::string(300, 'x')).size(), 256U);
  EXPECT_EQ(user_agent_of(std::string(255, 'x') + "\xc3\xa4"), std::string(255, 'x') + "?")
      << "a character that does not fit leaves no half behind";
}

}  // namespace
}  // namespace postern::handlers

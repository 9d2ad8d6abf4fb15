#include <gtest/gtest.h>

#include "handlers/dispatcharr/credential.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers::dispatcharr {
namespace {

using test::with_header;

Request bare(std::string_view target = "/api/accounts/users/me/") {
  return test::request("GET", target);
}

TEST(DispatcharrCredential, ReadsBearerInThatExactSpelling) {
  const auto request = with_header(bare(), "authorization", "Bearer a.b.c");
  const auto found = find_credential(request);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->presented, Presented::Bearer);
  EXPECT_EQ(found->value, "a.b.c");
  EXPECT_FALSE(found->malformed);
}

TEST(DispatcharrCredential, TakesAnotherSpellingOrSchemeForNothing) {
  for (const auto* header : {"bearer a.b.c", "BEARER a.b.c", "Basic YTpi", "Token abc", "a.b.c",
                             "ApiKey", "ApiKey a b", "", " ", "Bearera.b.c"}) {
    const auto request = with_header(bare(), "authorization", header);
    EXPECT_FALSE(find_credential(request)) << header;
  }
  EXPECT_FALSE(find_credential(bare()));
}

TEST(DispatcharrCredential, CallsBearerWithoutExactlyOneValueMalformed) {
  for (const auto* header : {"Bearer", "Bearer ", "Bearer a b", " Bearer  "}) {
    const auto request = with_header(bare(), "authorization", header);
    const auto found = find_credential(request);
    ASSERT_TRUE(found) << header;
    EXPECT_TRUE(found->malformed) << header;
  }
}

TEST(DispatcharrCredential, ReadsTheKeySchemeInAnyCase) {
  for (const auto* header : {"ApiKey k1", "apikey k1", "APIKEY  k1"}) {
    const auto request = with_header(bare(), "authorization", header);
    const auto found = find_credential(request);
    ASSERT_TRUE(found) << header;
    EXPECT_EQ(found->presented, Presented::Key);
    EXPECT_EQ(found->value, "k1");
  }
}

TEST(DispatcharrCredential, PrefersTheKeyHeaderToTheKeyScheme) {
  const auto request =
      with_header(with_header(bare(), "authorization", "ApiKey k1"), "x-api-key", "k2");
  EXPECT_EQ(find_credential(request)->value, "k2");
}

TEST(DispatcharrCredential, FallsBackToTheSchemeWhenTheKeyHeaderIsEmpty) {
  const auto request =
      with_header(with_header(bare(), "authorization", "ApiKey k1"), "x-api-key", "");
  EXPECT_EQ(find_credential(request)->value, "k1");
}

TEST(DispatcharrCredential, LetsBearerDecideBesideAKey) {
  const auto request =
      with_header(with_header(bare(), "authorization", "Bearer bad"), "x-api-key", "k2");
  EXPECT_EQ(find_credential(request)->presented, Presented::Bearer);
}

TEST(DispatcharrCredential, NeverReadsTheQueryString) {
  EXPECT_FALSE(find_credential(bare("/api/accounts/users/me/?api_key=k&token=a.b.c&key=k")));
}

}  // namespace
}  // namespace postern::handlers::dispatcharr

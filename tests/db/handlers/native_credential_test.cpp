#include <gtest/gtest.h>

#include "tests/support/golden.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using test::json_of;

// How the native API reads a credential (native-api, "The gate": the same way).
class NativeCredential : public testing::Test {
 protected:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  Response me(const Headers& headers) {
    auto request = test::request("GET", "/auth/v1/me");
    for (const auto& [name, value] : headers) {
      request = test::with_header(std::move(request), name, value);
    }
    return world_.send(request);
  }
  std::string kind_of(const Headers& headers) {
    const auto response = me(headers);
    return response.status() == 200
               ? json_of(response)["principal"]["credential"]["kind"].asString()
               : std::to_string(response.status());
  }

  test::HandlerWorld world_;
  domain::Tokens tokens_ = world_.signed_in("alice");
  std::string token_{tokens_.access.reveal()};
  std::string key_{world_.key_of(tokens_.account.id).reveal()};
};

TEST_F(NativeCredential, TokensAndKeysInTheirHeaders) {
  EXPECT_EQ(kind_of({{"authorization", "Bearer " + token_}}), "access_token");
  EXPECT_EQ(kind_of({{"authorization", "bearer " + token_}}), "access_token");
  EXPECT_EQ(kind_of({{"authorization", "BEARER " + key_}}), "api_key");
  EXPECT_EQ(kind_of({{"authorization", "ApiKey " + key_}}), "api_key");
  EXPECT_EQ(kind_of({{"authorization", "apikey " + key_}}), "api_key");
  EXPECT_EQ(kind_of({{"x-api-key", key_}}), "api_key");
}

TEST_F(NativeCredential, R10TokensAreNoKeys) {
  EXPECT_EQ(kind_of({{"authorization", "ApiKey " + token_}}), "401");
  EXPECT_EQ(kind_of({{"x-api-key", token_}}), "401");
  EXPECT_EQ(kind_of({{"authorization", "Bearer " + std::string(tokens_.refresh.reveal())}}), "401");
}

TEST_F(NativeCredential, AuthorizationDecidesWhereBothAreSent) {
  EXPECT_EQ(kind_of({{"authorization", "Bearer " + token_}, {"x-api-key", key_}}), "access_token");
  EXPECT_EQ(kind_of({{"authorization", "Bearer " + token_}, {"x-api-key", "bad"}}), "access_token");
  EXPECT_EQ(kind_of({{"authorization", "Bearer bad"}, {"x-api-key", key_}}), "401");
  EXPECT_EQ(kind_of({{"authorization", "Bearer"}, {"x-api-key", key_}}), "401");
}

// CVE-2024-45160
TEST_F(NativeCredential, B7n23EmptyCredentialsAreBadOnes) {
  for (const Headers& headers :
       {Headers{{"authorization", "Bearer "}}, Headers{{"authorization", "Bearer"}},
        Headers{{"authorization", "ApiKey "}}, Headers{{"x-api-key", ""}},
        Headers{{"x-api-key", " "}}, Headers{{"authorization", "Bearer ."}},
        Headers{{"authorization", "Bearer .."}}}) {
    const auto response = me(headers);
    EXPECT_EQ(response.status(), 401) << headers[0].second;
    EXPECT_NE(response.get("WWW-Authenticate").find("error=\"invalid_token\""),
              std::string_view::npos)
        << headers[0].second;
  }
}

// CVE-2026-34457, CVE-2025-64484: nothing but a credential says who it is.
TEST_F(NativeCredential, B7n35OtherHeadersDecideNothing) {
  for (const Headers& headers :
       {Headers{}, Headers{{"user-agent", "kube-probe/1.30"}}, Headers{{"x-auth-user", "alice"}},
        Headers{{"x-forwarded-user", "alice"}}, Headers{{"cookie", "session=" + token_}},
        Headers{{"authorization", "Basic YWxpY2U6eA=="}}, Headers{{"authorization", token_}}}) {
    const auto response = me(headers);
    EXPECT_EQ(json_of(response)["code"].asString(), "credential_required");
    EXPECT_EQ(response.get("WWW-Authenticate"), R"(Bearer realm="postern")");
  }
}

TEST_F(NativeCredential, NeverInTheQuery) {
  EXPECT_EQ(world_.send("GET", "/auth/v1/me?access_token=" + token_).status(), 401);
  EXPECT_EQ(world_.send("GET", "/auth/v1/me?api_key=" + key_).status(), 401);
}

TEST_F(NativeCredential, RefusalsDoNotEchoWhatWasSent) {
  const auto response = me({{"authorization", "Bearer <script>alert(1)</script>"}});
  EXPECT_EQ(response.body().find("script"), std::string::npos);
  EXPECT_EQ(response.get("Content-Type"), "application/problem+json");
}

}  // namespace
}  // namespace postern::handlers

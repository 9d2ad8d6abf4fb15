#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "handlers/sso/http_client.hpp"
#include "tests/support/loopback_server.hpp"

namespace postern::handlers::sso {
namespace {

using namespace std::chrono_literals;
using domain::Errc;
using test::LoopbackServer;

HttpClient::Limits short_limits() {
  return {.body_bytes = 1000, .connect = 200ms, .total = 300ms};
}

TEST(SsoHttpClient, AsksWhatItIsGivenAndTellsStatusAndBody) {
  LoopbackServer server([](const std::string&) { return LoopbackServer::http(404, "{}"); });
  HttpClient client;
  const auto answer = client.ask({server.url() + "/a?b=c", {}, domain::Secret("Bearer x"), ""});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->body, "{}");
  const auto request = server.requests().at(0);
  EXPECT_TRUE(request.starts_with("GET /a?b=c HTTP/1.1\r\n")) << request;
  EXPECT_NE(request.find("Authorization: Bearer x\r\n"), std::string::npos);
}

TEST(SsoHttpClient, PostsForms) {
  LoopbackServer server([](const std::string&) { return LoopbackServer::http(200, "ok"); });
  HttpClient client;
  ASSERT_TRUE(client.ask({server.url() + "/token", domain::Secret("code=a%20b"), {}, ""}).ok());
  ASSERT_TRUE(client.ask({server.url() + "/next", {}, {}, ""}).ok());
  const auto requests = server.requests();
  EXPECT_TRUE(requests.at(0).starts_with("POST /token "));
  EXPECT_TRUE(requests.at(0).ends_with("\r\n\r\ncode=a%20b"));
  EXPECT_NE(requests.at(0).find("application/x-www-form-urlencoded"), std::string::npos);
  EXPECT_TRUE(requests.at(1).starts_with("GET /next ")) << "nothing is left of the first";
  EXPECT_EQ(requests.at(1).find("code="), std::string::npos);
}

TEST(SsoHttpClient, R9AnAnswerPastTheLimitIsNoAnswer) {
  for (const std::size_t size : {1000U, 1001U, 100000U}) {
    LoopbackServer server(
        [size](const std::string&) { return LoopbackServer::http(200, std::string(size, 'x')); });
    HttpClient::Limits limits;
    limits.body_bytes = 1000;
    HttpClient client(limits);
    EXPECT_EQ(client.ask({server.url(), {}, {}, ""}).ok(), size == 1000U) << size;
  }
}

TEST(SsoHttpClient, FollowsNoRedirection) {
  LoopbackServer goal([](const std::string&) { return LoopbackServer::http(200, "secret"); });
  LoopbackServer server([&](const std::string&) {
    return LoopbackServer::http(302, "", "Location: " + goal.url() + "/\r\n");
  });
  HttpClient client;
  const auto answer = client.ask({server.url(), {}, {}, ""});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 302);
  EXPECT_TRUE(goal.requests().empty());
}

TEST(SsoHttpClient, R9WaitsForNobodyForLong) {
  std::promise<void> given_up;
  LoopbackServer server([over = given_up.get_future().share()](const std::string&) {
    over.wait_for(60s);
    return std::string();
  });
  HttpClient client(short_limits());
  const auto begin = std::chrono::steady_clock::now();
  const auto answer = client.ask({server.url(), {}, {}, ""});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, Errc::ProviderUnavailable);
  EXPECT_GT(answer.error().retry_after.count(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 30s) << "of sixty";
  given_up.set_value();
}

TEST(SsoHttpClient, WhatEndsInTheMiddleIsNoAnswer) {
  LoopbackServer server([](const std::string&) {
    return std::string("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  });
  HttpClient client(short_limits());
  EXPECT_FALSE(client.ask({server.url(), {}, {}, ""}).ok());
}

TEST(SsoHttpClient, ConnectsToSafeAddressesAlone) {
  HttpClient client(short_limits());
  for (const char* bad : {"http://192.0.2.1/", "file:///etc/passwd", "gopher://127.0.0.1/",
                          "http://127.0.0.1@192.0.2.1/", ""}) {
    const auto answer = client.ask({bad, {}, {}, ""});
    ASSERT_FALSE(answer.ok()) << bad;
    EXPECT_EQ(answer.error().detail, "an address that is not safe") << bad;
  }
}

TEST(SsoHttpClient, SpeaksNoTlsWithWhoHasNoCertificate) {
  LoopbackServer server([](const std::string&) { return LoopbackServer::http(200, "{}"); });
  HttpClient client(short_limits());
  EXPECT_FALSE(client.ask({"https" + server.url().substr(4), {}, {}, ""}).ok());
}

}  // namespace
}  // namespace postern::handlers::sso

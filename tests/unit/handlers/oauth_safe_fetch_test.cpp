#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <future>

#include "handlers/oauth/safe_fetch.hpp"
#include "tests/support/loopback_server.hpp"

namespace postern::handlers::oauth {
namespace {

using namespace std::chrono_literals;
using domain::Errc;
using test::LoopbackServer;
using test::TlsIdentity;

/// A server of this machine, which the configuration lets be reached and trusts.
class OAuthSafeFetch : public testing::Test {
 protected:
  OAuthSafeFetch() {
    settings.fetch_networks = {"127.0.0.0/8", "::1"};
    settings.fetch_ca_file = identity.ca_file();
  }

  LoopbackServer answering(std::string answer) {
    return LoopbackServer([answer](const std::string&) { return answer; }, &identity);
  }
  [[nodiscard]] Errc refusal(const std::string& url) const {
    const auto fetched = safe_fetch(settings, url);
    return fetched ? Errc{} : fetched.error().code;
  }

  TlsIdentity identity{"IP:127.0.0.1,DNS:localhost"};
  domain::OAuthSettings settings;
};

TEST_F(OAuthSafeFetch, TellsStatusTypeAndBody) {
  auto server = answering(LoopbackServer::http(
      200, "{}",
      "Content-Type: Application/JSON; charset=utf-8\r\nCache-Control: max-age=600\r\n"));
  const auto fetched = safe_fetch(settings, server.url() + "/client");
  ASSERT_TRUE(fetched.ok()) << fetched.error().detail;
  EXPECT_EQ(fetched->status, 200);
  EXPECT_EQ(fetched->media_type, "application/json");
  EXPECT_EQ(fetched->body, "{}");
  EXPECT_EQ(fetched->max_age, 600s);
  const auto request = server.requests().at(0);
  EXPECT_TRUE(request.starts_with("GET /client HTTP/1.1\r\n")) << request;
  EXPECT_EQ(request.find("Authorization"), std::string::npos);
  EXPECT_EQ(request.find("Accept-Encoding"), std::string::npos);
  EXPECT_EQ(request.find("Cookie"), std::string::npos);
}

TEST_F(OAuthSafeFetch, PostsForms) {
  auto server = answering(LoopbackServer::http(204, ""));
  const auto answer =
      safe_post(settings, server.url() + "/out", domain::Secret("logout_token=a.b"));
  ASSERT_TRUE(answer.ok()) << answer.error().detail;
  EXPECT_EQ(answer->status, 204);
  const auto request = server.requests().at(0);
  EXPECT_TRUE(request.starts_with("POST /out ")) << request;
  EXPECT_TRUE(request.ends_with("\r\n\r\nlogout_token=a.b"));
  EXPECT_NE(request.find("application/x-www-form-urlencoded"), std::string::npos);
}

TEST_F(OAuthSafeFetch, ReadsCacheControl) {
  struct Case {
    const char* field;
    std::optional<std::chrono::seconds> age;
  };
  for (const auto& [field, age] : std::initializer_list<Case>{
           {"max-age=0", 0s},
           {"public, max-age=3600", 3600s},
           {"Max-Age=\"60\" , public", 60s},
           {"no-store", 0s},
           {"max-age=3600, no-cache", 0s},
           {"public", std::nullopt},
           {"max-age", std::nullopt},
           {"max-age=-1", std::nullopt},
           {"max-age=1x", std::nullopt},
           {"max-age=", std::nullopt},
           {"s-maxage=5", std::nullopt},
           {",,,", std::nullopt},
           {"max-age=99999999999999999999999", std::chrono::hours(24 * 365)}}) {
    auto server =
        answering(LoopbackServer::http(200, "{}", "Cache-Control: " + std::string(field) + "\r\n"));
    const auto fetched = safe_fetch(settings, server.url() + "/");
    ASSERT_TRUE(fetched.ok());
    EXPECT_EQ(fetched->max_age, age) << field;
  }
}

TEST_F(OAuthSafeFetch, R9TenKibibytesAndNoMore) {
  for (const std::size_t size : {10240U, 10241U, 1000000U}) {
    auto server = answering(LoopbackServer::http(200, std::string(size, 'x')));
    EXPECT_EQ(safe_fetch(settings, server.url() + "/").ok(), size == 10240U) << size;
  }
}

TEST_F(OAuthSafeFetch, R9ABodyOfUnknownLengthIsCutAsWell) {
  auto server = answering("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(20000, 'x'));
  EXPECT_EQ(refusal(server.url() + "/"), Errc::ProviderUnavailable);
}

TEST_F(OAuthSafeFetch, R9CompressedBodiesAreNotUnpacked) {
  auto server = answering(LoopbackServer::http(200, "\x1f\x8b", "Content-Encoding: gzip\r\n"));
  const auto fetched = safe_fetch(settings, server.url() + "/");
  ASSERT_TRUE(fetched.ok());
  EXPECT_EQ(fetched->body, "\x1f\x8b");
}

TEST_F(OAuthSafeFetch, R9FetchesForThreeSecondsAndTellsForFiveAtMost) {
  const auto hung = [&](const std::function<bool(const std::string& url)>& reaches) {
    std::promise<void> given_up;
    LoopbackServer server(
        [over = given_up.get_future().share()](const std::string&) {
          over.wait_for(60s);
          return std::string();
        },
        &identity);
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_FALSE(reaches(server.url() + "/"));
    const auto took = std::chrono::steady_clock::now() - begin;
    given_up.set_value();
    return took;
  };
  const auto fetching =
      hung([&](const std::string& url) { return safe_fetch(settings, url).ok(); });
  EXPECT_GT(fetching, 2500ms);
  EXPECT_LT(fetching, 30s) << "of sixty";
  const auto telling = hung([&](const std::string& url) {
    return safe_post(settings, url, domain::Secret("logout_token=a.b")).ok();
  });
  EXPECT_GT(telling, 4500ms);
  EXPECT_LT(telling, 30s) << "of sixty";
}

TEST_F(OAuthSafeFetch, SsrfFollowsNoRedirection) {
  auto goal = answering(LoopbackServer::http(200, "secret"));
  for (const int status : {301, 302, 303, 307, 308}) {
    auto server = answering(LoopbackServer::http(status, "", "Location: " + goal.url() + "/\r\n"));
    const auto fetched = safe_fetch(settings, server.url() + "/");
    ASSERT_TRUE(fetched.ok());
    EXPECT_EQ(fetched->status, status);
  }
  EXPECT_TRUE(goal.requests().empty());
}

TEST_F(OAuthSafeFetch, SsrfConnectsToNothingOfOursUnlessConfigured) {
  auto server = answering(LoopbackServer::http(200, "{}"));
  settings.fetch_networks = {};
  const auto port = std::to_string(server.port());
  // Whatever a name resolves to (rebinding) and however an address is spelled.
  for (const char* host :
       {"127.0.0.1", "localhost", "127.1", "0", "2130706433", "0x7f000001", "017700000001",
        "0x7f.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::1]", "[::]"}) {
    const auto fetched = safe_fetch(settings, "https://" + std::string(host) + ":" + port + "/");
    ASSERT_FALSE(fetched.ok()) << host;
    EXPECT_EQ(fetched.error().code, Errc::ProviderUnavailable) << host;
    EXPECT_GT(fetched.error().retry_after.count(), 0);
  }
  EXPECT_TRUE(server.requests().empty()) << "nobody so much as connected";
}

TEST_F(OAuthSafeFetch, SsrfANameIsJudgedByWhatItResolvesTo) {
  auto server = answering(LoopbackServer::http(200, "{}"));
  const auto url = "https://localhost:" + std::to_string(server.port()) + "/";
  EXPECT_EQ(refusal(url), Errc{}) << "it can be reached where it may be";
  settings.fetch_networks = {"10.0.0.0/8"};
  EXPECT_EQ(refusal(url), Errc::ProviderUnavailable);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(OAuthSafeFetch, SpeaksHttpsAlone) {
  LoopbackServer plain([](const std::string&) { return LoopbackServer::http(200, "{}"); });
  for (const auto& url :
       {plain.url() + "/", "https" + plain.url().substr(4) + "/", std::string("file:///etc/passwd"),
        std::string("gopher://127.0.0.1/"), std::string("ftp://127.0.0.1/"), std::string("//x/"),
        std::string("HTTPS://127.0.0.1/"), std::string()}) {
    EXPECT_EQ(refusal(url), Errc::ProviderUnavailable) << url;
  }
  for (const auto& request : plain.requests()) {
    EXPECT_EQ(request.find("HTTP/1.1"), std::string::npos) << request;
  }
}

TEST_F(OAuthSafeFetch, TakesNoUserNameInAnAddress) {
  auto server = answering(LoopbackServer::http(200, "{}"));
  const auto port = std::to_string(server.port());
  EXPECT_EQ(refusal("https://a@127.0.0.1:" + port + "/"), Errc::ProviderUnavailable);
  EXPECT_EQ(refusal("https://example.com:443@127.0.0.1:" + port + "/"), Errc::ProviderUnavailable);
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(OAuthSafeFetch, CertificatesAreChecked) {
  auto server = answering(LoopbackServer::http(200, "{}"));
  const TlsIdentity stranger("IP:127.0.0.1");
  settings.fetch_ca_file = stranger.ca_file();
  EXPECT_EQ(refusal(server.url() + "/"), Errc::ProviderUnavailable) << "of another authority";
  settings.fetch_ca_file = "";
  EXPECT_EQ(refusal(server.url() + "/"), Errc::ProviderUnavailable)
      << "the system's do not know it";
  const TlsIdentity elsewhere("DNS:example.com");
  settings.fetch_ca_file = elsewhere.ca_file();
  LoopbackServer other([](const std::string&) { return LoopbackServer::http(200, "{}"); },
                       &elsewhere);
  EXPECT_EQ(refusal(other.url() + "/"), Errc::ProviderUnavailable) << "for another name";
  EXPECT_EQ(server.requests().size(), 2U);
  for (const auto& request : server.requests()) EXPECT_EQ(request, "") << "nothing was told";
}

TEST_F(OAuthSafeFetch, NoProxyOfTheEnvironmentIsUsed) {
  LoopbackServer proxy([](const std::string&) { return LoopbackServer::http(502, ""); });
  auto server = answering(LoopbackServer::http(200, "{}"));
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    ::setenv(name, proxy.url().c_str(), 1);
  }
  EXPECT_TRUE(safe_fetch(settings, server.url() + "/").ok());
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
    ::unsetenv(name);
  EXPECT_TRUE(proxy.requests().empty());
}

}  // namespace
}  // namespace postern::handlers::oauth

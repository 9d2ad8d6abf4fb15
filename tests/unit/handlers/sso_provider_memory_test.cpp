#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "handlers/json_body.hpp"
#include "handlers/sso/provider_memory.hpp"
#include "tests/support/loopback_server.hpp"
#include "tests/support/token_signer.hpp"

namespace postern::handlers::sso {
namespace {

using namespace std::chrono_literals;
using domain::Errc;
using test::LoopbackServer;
using test::TokenSigner;

/// A provider of metadata and keys; it signs nothing by itself.
class SsoProviderMemory : public testing::Test {
 protected:
  SsoProviderMemory() {
    provider_.name = "company";
    provider_.issuer = server_.url();
    provider_.client_id = "postern";
  }

  std::string answer(const std::string& request) {
    if (down_) return "";
    if (request.starts_with("GET /keys ")) return LoopbackServer::http(200, keys_);
    if (!request.starts_with("GET /.well-known/openid-configuration ")) {
      return LoopbackServer::http(404, "");
    }
    Json::Value document(Json::objectValue);
    document["issuer"] = issuer_.empty() ? provider_.issuer : issuer_;
    for (const char* name : {"authorization", "token"}) {
      document[std::string(name) + "_endpoint"] = provider_.issuer + "/" + name;
    }
    document["jwks_uri"] = jwks_uri_.empty() ? provider_.issuer + "/keys" : jwks_uri_;
    return LoopbackServer::http(200, write_json(document));
  }

  /// How often its keys were read.
  long key_reads() {
    const auto requests = server_.requests();
    return std::count_if(requests.begin(), requests.end(), [](const std::string& request) {
      return request.starts_with("GET /keys ");
    });
  }

  bool verifies(const TokenSigner& signer, std::chrono::milliseconds now) {
    Json::Value claims(Json::objectValue);
    claims["iss"] = provider_.issuer;
    const auto token = SignedToken::parse(signer.sign(claims));
    return token.ok() && memory_.check_signature(provider_, *token, now).ok();
  }

  TokenSigner old_{SignatureKind::Es256, "old"}, new_{SignatureKind::Es256, "new"};
  std::string keys_ = test::key_set({&old_});
  std::string issuer_, jwks_uri_;
  std::atomic<bool> down_{false};
  LoopbackServer server_{[this](const std::string& request) { return answer(request); }};
  Provider provider_;
  std::array<domain::HashSlots::Slot, 1> places_{};
  ProviderMemory memory_{places_};
};

TEST_F(SsoProviderMemory, ReadsEachDocumentOnceAnHour) {
  for (const auto now : {0min, 30min, 59min}) EXPECT_TRUE(verifies(old_, now));
  EXPECT_EQ(server_.requests().size(), 2U);
  EXPECT_TRUE(verifies(old_, 60min));
  EXPECT_EQ(server_.requests().size(), 4U);
}

TEST_F(SsoProviderMemory, FindsANewKeyByReadingOnceMore) {
  EXPECT_TRUE(verifies(old_, 0s));
  keys_ = test::key_set({&new_});
  EXPECT_TRUE(verifies(new_, 1s));
  EXPECT_EQ(key_reads(), 2);
  EXPECT_FALSE(verifies(old_, 2s)) << "the key was taken out";
}

TEST_F(SsoProviderMemory, R9AFloodOfUnknownKeysReadsOnceInHalfAMinute) {
  EXPECT_TRUE(verifies(old_, 0s));
  for (int i = 0; i < 30; ++i) {
    EXPECT_FALSE(verifies(new_, std::chrono::seconds(i)));
    EXPECT_TRUE(verifies(old_, std::chrono::seconds(i))) << "the others go on";
  }
  EXPECT_EQ(key_reads(), 2);
  keys_ = test::key_set({&old_, &new_});
  EXPECT_TRUE(verifies(new_, 30s));
  EXPECT_EQ(key_reads(), 3);
}

TEST_F(SsoProviderMemory, WhoDoesNotAnswerIsLeftInPeaceForFiveSeconds) {
  down_ = true;
  const auto refused = memory_.metadata(provider_, 0s);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::ProviderUnavailable);
  down_ = false;
  const auto again = memory_.metadata(provider_, 2s);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().retry_after, 3s);
  EXPECT_EQ(server_.requests().size(), 1U);
  EXPECT_TRUE(memory_.metadata(provider_, 5s).ok());
}

TEST_F(SsoProviderMemory, ADocumentOfAnotherIssuerIsRefused) {
  issuer_ = "https://evil.test";
  const auto refused = memory_.metadata(provider_, 0s);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::ProviderRefused);
}

TEST_F(SsoProviderMemory, AnUnsafeAddressInTheDocumentIsRefused) {
  jwks_uri_ = "http://keys.example/";
  EXPECT_FALSE(memory_.metadata(provider_, 0s).ok());
}

TEST_F(SsoProviderMemory, R9NoMoreWaitThanThereArePlaces) {
  places_[0] = 1;  // a process that lives on: init
  const auto refused = memory_.metadata(provider_, 0s);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::ProviderUnavailable);
  EXPECT_TRUE(server_.requests().empty());
  places_[0] = 0;
  EXPECT_TRUE(memory_.metadata(provider_, 10s).ok());
  EXPECT_EQ(places_[0], 0) << "the place is given back";
}

TEST_F(SsoProviderMemory, TroubleOfTheProviderIsNoRefusal) {
  LoopbackServer broken([](const std::string&) { return LoopbackServer::http(502, "{}"); });
  const auto refused = memory_.ask({broken.url(), {}, {}, ""});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::ProviderUnavailable);
}

}  // namespace
}  // namespace postern::handlers::sso

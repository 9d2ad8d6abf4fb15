#include <gtest/gtest.h>

#include "domain/api_key.hpp"
#include "fcgi/assemble.hpp"
#include "fcgi/record.hpp"
#include "handlers/gate.hpp"
#include "handlers/gate_desk.hpp"
#include "tests/support/cache_world.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::handlers {
namespace {

using domain::KeyRestrictions;
using domain::Requirement;
using fcgi::Role;

domain::Policy sample_policy() {
  using Kind = Requirement::Kind;
  return domain::Policy::make({
                                  {"/open/**", {}, {Kind::Public, ""}},
                                  {"/feeds/**", {}, {Kind::SignedIn, ""}},
                                  {"/other/**", {}, {Kind::SignedIn, ""}},
                                  {"/staff/**", {}, {Kind::Permission, "admin"}},
                              })
      .value();
}

/// A gate's worker and a resolver over one cache and one limiter, asked by a restricted key.
class GateRestrictions : public testing::Test {
 protected:
  GateRestrictions() {
    world_.settings.policy = sample_policy();
    world_.services.memory = &memory_;
    cache_.cache.trust_until(world_.clock.uptime() + std::chrono::hours(1));
  }

  void hold(const KeyRestrictions& restrictions) {
    key_ = domain::issue_key(
               world_.services, alice_.id,
               {.name = "ci", .permissions = {}, .lifetime = {}, .restrictions = restrictions},
               alice_.id, world_.origin)
               ->text;
  }
  fcgi::Inspection seen(const std::string& target, const std::string& address, Role role) {
    authorization_ = "Bearer " + std::string(key_.reveal());
    params_ = {{"REQUEST_METHOD", "GET"},    {"REQUEST_URI", target},
               {"REMOTE_ADDR", address},     {"REQUEST_SCHEME", "https"},
               {"HTTP_HOST", "example.org"}, {"HTTP_AUTHORIZATION", authorization_}};
    fcgi::Inspection inspection;
    inspection.verdict = fcgi::Verdict::Whole;
    inspection.role = role;
    inspection.request_id = 1;
    for (const auto& [name, value] : params_) inspection.params.emplace_back(name, value);
    return inspection;
  }
  Response ask(const std::string& target, Role role = Role::Responder,
               const std::string& address = "192.0.2.7") {
    Services services{world_.services, settings_, shared_};
    return check_gate(fcgi::assemble(seen(target, address, role), fcgi::Door::Gate), services);
  }
  /// Of the desk; 0 where it hands on.
  int ask_desk(const std::string& target, const std::string& address = "192.0.2.7",
               Role role = Role::Authorizer) {
    if (!desk_.answer(seen(target, address, role), answer_)) return 0;
    return answer_.status();
  }
  std::string desk_text() {
    const auto records = answer_.records(1);
    return std::string(
        records.substr(fcgi::kRecordHeader, fcgi::read_header(records)->content_length));
  }

  test::DomainWorld world_;
  test::CacheWorld cache_;
  domain::Fingerprinter fingerprints_{world_.ring, world_.settings};
  domain::CheckMemory memory_{cache_.cache, fingerprints_};
  Settings settings_;
  fcgi::SharedSegment& shared_ = fcgi::map_shared_segment();
  GateDesk desk_{{world_.settings.policy, settings_.gate, cache_.cache, fingerprints_, world_.clock,
                  world_.limiter, world_.settings.oauth}};
  domain::Account alice_ = world_.account("alice");
  domain::Secret key_;
  std::string authorization_;
  std::vector<std::pair<std::string, std::string>> params_;
  fcgi::QuickAnswer answer_;
};

TEST_F(GateRestrictions, AnotherNetworkIsForbidden) {
  hold({{"192.0.2.0/24", "2001:db8::/32"}, {}, {}});
  for (const auto role : {Role::Responder, Role::Authorizer}) {
    EXPECT_EQ(ask("/feeds/a", role).status(), 200);
    EXPECT_EQ(ask("/feeds/a", role, "2001:db8::7").status(), 200);
    for (const auto* address : {"198.51.100.7", "2001:db9::7", "", "unix:"}) {
      const auto refused = ask("/feeds/a", role, address);
      EXPECT_EQ(refused.status(), 403) << address;
      EXPECT_EQ(refused.get("X-Auth-Status"), "403");
      EXPECT_EQ(refused.get("X-Auth-Code"), "key_restricted");
      EXPECT_EQ(refused.get("WWW-Authenticate"),
                R"(Bearer realm="postern", error="insufficient_scope", )"
                R"(error_description="The key is not for this network")");
      EXPECT_EQ(refused.get("X-Auth-User"), "") << "who it is, is not told either";
      EXPECT_EQ(refused.log_account, alice_.id.text()) << "but in the log";
    }
  }
}

TEST_F(GateRestrictions, AnotherPathIsForbidden) {
  hold({{}, {"/feeds/**"}, {}});
  for (const auto role : {Role::Responder, Role::Authorizer}) {
    EXPECT_EQ(ask("/feeds/a?b=1", role).status(), 200);
    EXPECT_EQ(ask("/other/../feeds/", role).status(), 200) << "as it is after normalising";
    const auto refused = ask("/other/feeds/", role);
    EXPECT_EQ(refused.status(), 403);
    EXPECT_NE(std::string(refused.get("WWW-Authenticate")).find("not for this path"),
              std::string::npos);
    EXPECT_EQ(ask("/feeds/../other/", role).status(), 403);
    EXPECT_EQ(ask("/feeds/%2e%2e/other/", role).status(), 403);
  }
}

TEST_F(GateRestrictions, TooOftenIs429AndTravelsThroughAuthRequestAs403) {
  hold({{}, {}, 1});
  ASSERT_EQ(ask("/feeds/a").status(), 200);
  const auto through_nginx = ask("/feeds/a");
  EXPECT_EQ(through_nginx.status(), 403);
  EXPECT_EQ(through_nginx.get("X-Auth-Status"), "429");
  EXPECT_EQ(through_nginx.get("X-Auth-Code"), "rate_limited");
  EXPECT_EQ(through_nginx.get("Retry-After"), "60");
  const auto authorizer = ask("/feeds/a", Role::Authorizer);
  EXPECT_EQ(authorizer.status(), 429);
  EXPECT_EQ(authorizer.get("Retry-After"), "60");
  world_.clock.advance(std::chrono::seconds(60));
  EXPECT_EQ(ask("/feeds/a").status(), 200);
}

TEST_F(GateRestrictions, RestrictionsAreToldToNobody) {
  hold({{"192.0.2.0/24"}, {"/feeds/**"}, 77});
  for (const auto role : {Role::Responder, Role::Authorizer}) {
    const auto text = ask("/feeds/a", role).serialize(false);
    EXPECT_NE(text.find("alice"), std::string::npos);
    EXPECT_EQ(text.find("192.0.2.0"), std::string::npos);
    EXPECT_EQ(text.find("r77"), std::string::npos);
  }
}

TEST_F(GateRestrictions, DeskAndResolverCountTogetherExactly) {
  hold({{}, {}, 5});
  ASSERT_EQ(ask("/feeds/a").status(), 200) << "the resolver's, which fills the cache";
  EXPECT_EQ(ask_desk("/feeds/a"), 200);
  EXPECT_EQ(ask("/feeds/a").status(), 200);
  EXPECT_EQ(ask_desk("/feeds/a"), 200);
  EXPECT_EQ(ask_desk("/feeds/a"), 200);
  EXPECT_EQ(ask_desk("/feeds/a"), 429);
  EXPECT_EQ(ask("/feeds/a", Role::Authorizer).status(), 429);
}

TEST_F(GateRestrictions, ADeskThatHandsOnHasNotCounted) {
  hold({{}, {}, 5});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask_desk("/feeds/a"), 0) << "not in the cache";
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask("/feeds/a").status(), 200) << i;
  EXPECT_EQ(ask("/feeds/a", Role::Authorizer).status(), 429);
}

TEST_F(GateRestrictions, TheDeskRefusesAsTheResolverDoes) {
  hold({{"192.0.2.0/24"}, {"/feeds/**"}, 1});
  ASSERT_EQ(ask("/feeds/a").status(), 200);
  for (const auto role : {Role::Responder, Role::Authorizer}) {
    for (const auto& [target, address] :
         {std::pair{"/feeds/a", "198.51.100.7"}, std::pair{"/other/", "192.0.2.7"},
          std::pair{"/feeds/a", "192.0.2.7"}, std::pair{"/staff/", "192.0.2.7"}}) {
      EXPECT_NE(ask_desk(target, address, role), 0);
      EXPECT_EQ(desk_text(), ask(target, role, address).serialize(false)) << target << address;
    }
  }
}

TEST_F(GateRestrictions, WhatThePolicyRefusesCountsNot) {
  hold({{}, {}, 1});
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(ask("/staff/").get("X-Auth-Code"), "insufficient_scope");
    EXPECT_EQ(ask("/nowhere").get("X-Auth-Code"), "no_rule");
    EXPECT_EQ(ask("/feeds/%00").get("X-Auth-Code"), "uri_refused");
  }
  EXPECT_EQ(ask("/feeds/a").status(), 200);
}

TEST_F(GateRestrictions, OnAPublicPageAKeyOutsideItsRestrictionsIsNobodyAndCountsNot) {
  hold({{"192.0.2.0/24"}, {"/open/a", "/feeds/**"}, 1});
  for (int i = 0; i < 5; ++i) {
    const auto elsewhere = ask("/open/b");
    EXPECT_EQ(elsewhere.status(), 200);
    EXPECT_EQ(elsewhere.get("X-Auth-User"), "");
    EXPECT_EQ(ask("/open/a", Role::Responder, "198.51.100.7").get("X-Auth-User"), "");
    EXPECT_EQ(ask_desk("/open/b"), 200);
    EXPECT_EQ(desk_text().find("alice"), std::string::npos);
  }
  EXPECT_EQ(ask("/open/a").get("X-Auth-User"), "alice") << "inside: told, and counted";
  const auto spent = ask("/open/a");
  EXPECT_EQ(spent.status(), 200);
  EXPECT_EQ(spent.get("X-Auth-User"), "");
  EXPECT_EQ(ask("/feeds/a", Role::Authorizer).status(), 429);
}

TEST_F(GateRestrictions, AKeyTooLargeForTheCacheIsRestrictedAllTheSame) {
  KeyRestrictions large{{}, {}, 2};
  for (int i = 0; i < 31; ++i) large.paths.push_back("/" + std::string(60, 'a') + "/**");
  large.paths.emplace_back("/feeds/**");
  hold(large);
  EXPECT_EQ(ask("/feeds/a").status(), 200);
  EXPECT_EQ(ask_desk("/feeds/a"), 0) << "never in the cache";
  EXPECT_EQ(ask("/other/").status(), 403);
  EXPECT_EQ(ask("/feeds/a").status(), 200);
  EXPECT_EQ(ask("/feeds/a").get("X-Auth-Status"), "429");
}

TEST_F(GateRestrictions, SeveralOfOneBatchCountOneByOne) {
  hold({{}, {}, 3});
  std::vector<Request> requests;
  for (int i = 0; i < 8; ++i) {
    requests.push_back(
        fcgi::assemble(seen("/feeds/a", "192.0.2.7", Role::Authorizer), fcgi::Door::Gate));
  }
  Services services{world_.services, settings_, shared_};
  int allowed = 0;
  for (const auto& response : check_gates(requests, services)) allowed += response.status() == 200;
  EXPECT_EQ(allowed, 3);
}

}  // namespace
}  // namespace postern::handlers

#include "handlers/gate_desk.hpp"

#include <gtest/gtest.h>

#include "domain/account.hpp"
#include "fcgi/assemble.hpp"
#include "fcgi/record.hpp"
#include "handlers/gate.hpp"
#include "tests/support/cache_world.hpp"
#include "tests/support/domain_world.hpp"
#include "tests/support/gate_policy.hpp"

namespace postern::handlers {
namespace {

using fcgi::Inspection;
using Params = std::vector<std::pair<std::string, std::string>>;

/// A gate's worker and a resolver over one cache.
class GateDeskTest : public testing::Test {
 protected:
  GateDeskTest() {
    world_.settings.policy = test::sample_policy();
    settings_.sign_in_url = "/sign-in/";
    world_.services.memory = &memory_;
    believe();
  }

  void believe() { cache_.cache.trust_until(world_.clock.uptime() + std::chrono::hours(1)); }

  static Params ask(const std::string& target, const std::string& method = "GET") {
    return {{"REQUEST_METHOD", method},
            {"REQUEST_URI", target},
            {"REMOTE_ADDR", "192.0.2.7"},
            {"REQUEST_SCHEME", "https"},
            {"HTTP_HOST", "example.org"}};
  }
  static Params with(Params params, const std::string& name, const std::string& value) {
    params.emplace_back(name, value);
    return params;
  }
  static Params bearer(const std::string& target, const domain::Secret& token) {
    return with(ask(target), "HTTP_AUTHORIZATION", "Bearer " + std::string(token.reveal()));
  }

  static Inspection seen(const Params& params, fcgi::Role role) {
    Inspection inspection;
    inspection.verdict = fcgi::Verdict::Whole;
    inspection.role = role;
    inspection.request_id = 1;
    for (const auto& [name, value] : params) inspection.params.emplace_back(name, value);
    return inspection;
  }

  /// The desk's answer without its records; none where it hands on.
  std::optional<std::string> at_the_desk(const Params& params,
                                         fcgi::Role role = fcgi::Role::Responder) {
    fcgi::QuickAnswer answer;
    if (!desk_.answer(seen(params, role), answer)) return std::nullopt;
    const auto records = answer.records(1);
    const auto header = fcgi::read_header(records);
    return std::string(records.substr(fcgi::kRecordHeader, header->content_length));
  }
  std::string at_the_resolver(const Params& params, fcgi::Role role = fcgi::Role::Responder) {
    Settings settings;
    settings.gate = settings_;
    Services services{world_.services, settings, shared_};
    const auto request = fcgi::assemble(seen(params, role), fcgi::Door::Gate);
    return check_gate(request, services).serialize(request.method == "HEAD");
  }
  /// Both, and that they are the same; the status line.
  std::string same(const Params& params, fcgi::Role role = fcgi::Role::Responder) {
    const auto resolved = at_the_resolver(params, role);  // first, since it fills the cache
    const auto quick = at_the_desk(params, role);
    EXPECT_TRUE(quick) << "was handed on";
    EXPECT_EQ(quick.value_or(""), resolved);
    return resolved.substr(0, resolved.find('\r'));
  }

  test::DomainWorld world_;
  test::CacheWorld cache_;
  domain::Fingerprinter fingerprints_{world_.ring, world_.settings};
  domain::CheckMemory memory_{cache_.cache, fingerprints_};
  GateSettings settings_;
  fcgi::SharedSegment& shared_ = fcgi::map_shared_segment();
  GateDesk desk_{{world_.settings.policy, settings_, cache_.cache, fingerprints_, world_.clock,
                  world_.limiter, world_.settings.oauth}};
};

TEST_F(GateDeskTest, AnswersTheSameBytesAsAResolver) {
  world_.account("alice");
  world_.account("root", "admin");
  const auto member = world_.login("alice").access;
  const auto admin = world_.login("root").access;
  for (const auto role : {fcgi::Role::Responder, fcgi::Role::Authorizer}) {
    EXPECT_EQ(same(ask("/open/x"), role), "Status: 200 OK");
    EXPECT_EQ(same(bearer("/open/x", member), role), "Status: 200 OK");
    EXPECT_EQ(same(bearer("/members/?a=1", member), role), "Status: 200 OK");
    EXPECT_EQ(same(bearer("/members/%61", member), role), "Status: 200 OK");
    EXPECT_EQ(same(bearer("/staff/", admin), role), "Status: 200 OK");
    EXPECT_EQ(same(bearer("/staff/", member), role), "Status: 403 Forbidden");
    EXPECT_EQ(same(bearer("/chiefs/", member), role), "Status: 403 Forbidden");
    EXPECT_EQ(same(bearer("/chiefs/", admin), role), "Status: 200 OK");
    EXPECT_EQ(same(ask("/members/"), role), "Status: 401 Unauthorized");
    EXPECT_EQ(same(ask("/nowhere"), role), "Status: 403 Forbidden");
    EXPECT_EQ(same(ask("/members/", "POST"), role), "Status: 403 Forbidden");
  }
  EXPECT_EQ(same(ask("/open/x", "HEAD")), "Status: 200 OK");
  EXPECT_EQ(same(ask("/members/", "HEAD")), "Status: 401 Unauthorized");
  EXPECT_EQ(same(ask("/members/%2e%2e%2fx")), "Status: 403 Forbidden") << "400, as nginx knows it";
}

TEST_F(GateDeskTest, NeverDecidesAboutWhatItDoesNotKnow) {
  world_.account("alice");
  const auto token = world_.login("alice").access;
  EXPECT_FALSE(at_the_desk(bearer("/members/", token)));
  EXPECT_FALSE(at_the_desk(bearer("/open/", token))) << "the page would be told another name";
  EXPECT_FALSE(at_the_desk(with(ask("/members/"), "HTTP_X_API_KEY", "nonsense")));
  (void)at_the_resolver(bearer("/members/", token));
  EXPECT_TRUE(at_the_desk(bearer("/members/", token)));
  EXPECT_TRUE(at_the_desk(bearer("/open/", token)));
}

TEST_F(GateDeskTest, R6HandsOnAfterARevocation) {
  const auto alice = world_.account("alice");
  const auto token = world_.login("alice").access;
  (void)at_the_resolver(bearer("/members/", token));
  ASSERT_TRUE(at_the_desk(bearer("/members/", token)));
  ASSERT_TRUE(domain::update_account(world_.services, alice.id, {.is_active = false}, std::nullopt,
                                     world_.origin)
                  .ok());
  EXPECT_FALSE(at_the_desk(bearer("/members/", token)));
  EXPECT_TRUE(at_the_resolver(bearer("/members/", token)).starts_with("Status: 401"));
}

TEST_F(GateDeskTest, R6HandsOnWithoutTrust) {
  world_.account("alice");
  const auto token = world_.login("alice").access;
  (void)at_the_resolver(bearer("/members/", token));
  cache_.cache.trust_until(world_.clock.uptime());
  EXPECT_FALSE(at_the_desk(bearer("/members/", token)));
}

TEST_F(GateDeskTest, ARevokedSessionIsRememberedAsRefused) {
  world_.account("alice");
  const auto tokens = world_.login("alice");
  world_.database.run({"end_sessions", "delete from postern.session"}, {});
  EXPECT_TRUE(at_the_resolver(bearer("/members/", tokens.access)).starts_with("Status: 401"));
  const auto quick = at_the_desk(bearer("/members/", tokens.access));
  ASSERT_TRUE(quick);
  EXPECT_TRUE(quick->starts_with("Status: 401"));
}

TEST_F(GateDeskTest, R10TheSameTextAsAKeyIsAnotherQuestion) {
  world_.account("alice");
  const auto token = world_.login("alice").access;
  (void)at_the_resolver(bearer("/members/", token));
  const std::string text(token.reveal());
  EXPECT_FALSE(at_the_desk(with(ask("/members/"), "HTTP_X_API_KEY", text)));
  EXPECT_FALSE(at_the_desk(with(ask("/members/"), "HTTP_AUTHORIZATION", "ApiKey " + text)));
  EXPECT_TRUE(at_the_desk(with(ask("/members/"), "HTTP_AUTHORIZATION", "bearer " + text)));
}

TEST_F(GateDeskTest, OddParametersTakeTheLongWay) {
  world_.account("alice");
  const auto token = world_.login("alice").access;
  (void)at_the_resolver(bearer("/members/", token));
  EXPECT_FALSE(at_the_desk(with(bearer("/members/", token), "FCGI_ROLE", "AUTHORIZER")))
      << "says another role than the record: refused by whoever is asked next";
  auto lower = bearer("/members/", token);
  lower[0].second = "get";
  EXPECT_FALSE(at_the_desk(lower));
  auto scheme = bearer("/members/", token);
  scheme[3].second = "gopher";
  EXPECT_FALSE(at_the_desk(scheme));
  auto folded = ask("/members/");
  folded.emplace_back("http_authorization", "Bearer " + std::string(token.reveal()));
  EXPECT_TRUE(at_the_desk(folded)) << "names are compared as everywhere";
}

/// The access token as browsers of the Kitsu dialect show it.
class GateCookies : public GateDeskTest {
 protected:
  Params shown(const std::string& target, const std::string& method = "GET",
               const std::string& around = "") {
    return with(ask(target, method), "HTTP_COOKIE",
                around + "access_token_cookie=" + std::string(token_.reveal()) + "; theme=dark");
  }
  static Params from(Params params, const std::string& site) {
    return with(std::move(params), "HTTP_SEC_FETCH_SITE", site);
  }
  std::string user(const Params& params) {
    const auto answer = at_the_resolver(params);
    const auto at = answer.find("X-Auth-User: ") + 13;
    return answer.substr(at, answer.find('\r', at) - at);
  }

  domain::Account alice_ = world_.account("alice");
  domain::Secret token_ = world_.login("alice", domain::SessionKind::Kitsu).access;
};

TEST_F(GateCookies, AreReadWhereNoHeaderShowsACredential) {
  for (const auto role : {fcgi::Role::Responder, fcgi::Role::Authorizer}) {
    EXPECT_EQ(same(shown("/members/"), role), "Status: 200 OK");
    EXPECT_EQ(same(shown("/open/"), role), "Status: 200 OK");
    EXPECT_EQ(same(shown("/members/", "HEAD"), role), "Status: 200 OK");
    EXPECT_EQ(same(shown("/members/", "GET", "a=b; "), role), "Status: 200 OK");
    EXPECT_EQ(same(shown("/staff/"), role), "Status: 403 Forbidden");
  }
  EXPECT_EQ(user(shown("/open/")), "alice");
  EXPECT_EQ(same(with(shown("/members/"), "HTTP_AUTHORIZATION", "Basic x")), "Status: 200 OK")
      << "a scheme of somebody else's";
}

TEST_F(GateCookies, AHeaderComesFirst) {
  const auto bad = with(shown("/members/"), "HTTP_AUTHORIZATION", "Bearer a.b.c");
  EXPECT_TRUE(at_the_resolver(bad).starts_with("Status: 401"));
  EXPECT_FALSE(at_the_desk(bad));
  const auto key = with(shown("/members/"), "HTTP_X_API_KEY", "nonsense");
  EXPECT_TRUE(at_the_resolver(key).starts_with("Status: 401"));
}

TEST_F(GateCookies, CanBeSwitchedOff) {
  settings_.kitsu_cookie = false;
  EXPECT_EQ(same(shown("/members/")), "Status: 401 Unauthorized");
  EXPECT_EQ(user(shown("/open/")), "");
}

TEST_F(GateCookies, CsrfWhatChangesSomethingComesFromAPageOfTheSameOrigin) {
  const auto code = [&](const Params& params) {
    const auto answer = at_the_resolver(params);
    EXPECT_EQ(at_the_desk(params), answer);
    const auto at = answer.find("X-Auth-Code: ");
    return at == std::string::npos ? "" : answer.substr(at + 13, answer.find('\r', at) - at - 13);
  };
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    const auto change = shown("/chiefs/", method);
    EXPECT_EQ(code(from(change, "cross-site")), "cross_origin") << method;
    EXPECT_EQ(code(with(change, "HTTP_ORIGIN", "https://evil.example")), "cross_origin");
    EXPECT_EQ(code(with(change, "HTTP_ORIGIN", "null")), "cross_origin");
    EXPECT_EQ(code(with(change, "HTTP_REFERER", "https://evil.example/")), "cross_origin");
    static_cast<void>(at_the_resolver(from(change, "same-origin")));  // fills the cache
    EXPECT_EQ(code(from(change, "same-origin")), "insufficient_scope") << "known";
    EXPECT_EQ(code(with(change, "HTTP_ORIGIN", "https://example.org")), "insufficient_scope");
    EXPECT_EQ(code(change), "insufficient_scope") << "no browser";
  }
  EXPECT_EQ(code(from(shown("/chiefs/"), "cross-site")), "insufficient_scope")
      << "reading changes nothing";
}

TEST_F(GateCookies, CsrfAPublicPageIsToldNobodysNameForAnothersPage) {
  EXPECT_EQ(user(from(shown("/open/", "POST"), "same-origin")), "alice");
  EXPECT_EQ(same(from(shown("/open/", "POST"), "same-origin")), "Status: 200 OK");
  EXPECT_EQ(user(from(shown("/open/", "POST"), "cross-site")), "");
  EXPECT_EQ(same(from(shown("/open/", "POST"), "cross-site")), "Status: 200 OK");
}

TEST_F(GateCookies, AreUnknownToTheDeskUntilTheDatabaseWasAsked) {
  EXPECT_FALSE(at_the_desk(shown("/members/")));
  EXPECT_FALSE(at_the_desk(shown("/open/"))) << "the page would be told another name";
  EXPECT_FALSE(at_the_desk(from(shown("/open/", "POST"), "same-origin")));
  static_cast<void>(at_the_resolver(shown("/members/")));
  EXPECT_TRUE(at_the_desk(shown("/members/")));
}

TEST_F(GateCookies, TwoOfOneNameAreNone) {
  EXPECT_EQ(same(shown("/members/", "GET", "access_token_cookie=x; ")), "Status: 401 Unauthorized");
  EXPECT_EQ(same(with(ask("/members/"), "HTTP_COOKIE", "access_token_cookie=")),
            "Status: 401 Unauthorized");
  EXPECT_EQ(same(with(ask("/members/"), "HTTP_COOKIE", "other=1")), "Status: 401 Unauthorized");
}

TEST_F(GateDeskTest, RefusesInTheGatesShape) {
  fcgi::QuickAnswer answer;
  desk_.refuse(seen(ask("/members/"), fcgi::Role::Responder), 503, answer);
  EXPECT_EQ(answer.status(), 403);
  EXPECT_NE(std::string(answer.records(1)).find("X-Auth-Status: 503"), std::string::npos);
}

}  // namespace
}  // namespace postern::handlers

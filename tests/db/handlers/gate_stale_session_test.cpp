#include <gtest/gtest.h>

#include "tests/support/browser_gate.hpp"

namespace postern::handlers {
namespace {

class GateStaleSessions : public test::BrowserGate {
 protected:
  /// The desk says the same, or hands on: not every refusal is remembered.
  handlers::Response ask_either(const Wanted& wanted, const Headers& headers) {
    auto answer = at_the_resolver(wanted, headers);
    const auto quick = at_the_desk(wanted, headers);
    const auto whole = answer.serialize(wanted.method == "HEAD");
    EXPECT_EQ(quick.value_or(whole), whole) << wanted.target;
    return answer;
  }
};

TEST_F(GateStaleSessions, DoNotStandInTheWayOfKitsusToken) {
  world_.account("bob");
  const std::string bobs(world_.login("bob", domain::SessionKind::Kitsu).access.reveal());
  const auto beside = [&](const std::string& session) {
    return Headers{
        {"HTTP_COOKIE", std::string(kCookie) + "=" + session + "; access_token_cookie=" + bobs}};
  };
  const auto lapsed = cookie_of(enter());
  EXPECT_EQ(ask_either({"/members/"}, beside("pbs_nonsense")).get("X-Auth-User"), "bob");
  advance(domain::seconds(1));
  const auto ended = enter();
  domain::end_browser_session(world_.services, ended, world_.origin);
  EXPECT_EQ(ask({"/members/"}, beside(cookie_of(ended))).get("X-Auth-User"), "bob");
  EXPECT_EQ(ask({"/members/"}, beside(cookie_)).get("X-Auth-User"), "alice") << "hers lives";
  for (const auto role : {fcgi::Role::Responder, fcgi::Role::Authorizer}) {
    EXPECT_EQ(ask_either({"/members/", "HEAD", role}, beside("pbs_nonsense")).status(), 200);
    EXPECT_EQ(ask_either({"/staff/", "GET", role}, beside("pbs_nonsense")).status(), 403);
  }
  EXPECT_EQ(ask_either({"/open/"}, beside("pbs_nonsense")).get("X-Auth-User"), "bob");
  advance(world_.settings.session(domain::SessionKind::Browser).absolute_lifetime);
  const std::string fresh(world_.login("bob", domain::SessionKind::Kitsu).access.reveal());
  const auto late = Headers{
      {"HTTP_COOKIE", std::string(kCookie) + "=" + lapsed + "; access_token_cookie=" + fresh}};
  EXPECT_EQ(ask_either({"/members/"}, late).get("X-Auth-User"), "bob");
}

TEST_F(GateStaleSessions, OfCookiesThatAreAllOverNoneLetsAnybodyIn) {
  const auto both =
      Headers{{"HTTP_COOKIE", std::string(kCookie) + "=pbs_nonsense; access_token_cookie=a.b.c"}};
  const auto answer = ask_either({"/members/"}, both);
  EXPECT_EQ(answer.status(), 401);
  EXPECT_EQ(answer.get("X-Auth-Code"), "invalid_token");
  EXPECT_EQ(ask_either({"/open/"}, both).get("X-Auth-User"), "");
  EXPECT_EQ(ask_either({"/staff/"}, both).status(), 401);
}

TEST_F(GateStaleSessions, R10TheOtherCookieIsTakenForNothingElseEither) {
  domain::end_browser_session(world_.services, session_, world_.origin);
  const auto live = cookie_of(enter());
  const auto swapped = Headers{
      {"HTTP_COOKIE", std::string(kCookie) + "=" + cookie_ + "; access_token_cookie=" + live}};
  EXPECT_EQ(code("/members/", swapped), "invalid_token") << "a session is none of Kitsu's tokens";
  const std::string kitsu(world_.login("alice", domain::SessionKind::Kitsu).access.reveal());
  const auto other_way = Headers{
      {"HTTP_COOKIE", std::string(kCookie) + "=" + kitsu + "; access_token_cookie=" + live}};
  EXPECT_EQ(code("/members/", other_way), "invalid_token");
}

TEST_F(GateStaleSessions, CsrfTheOtherCookieIsNoWayAroundTheOrigin) {
  const std::string kitsu(world_.login("alice", domain::SessionKind::Kitsu).access.reveal());
  const auto stale = Headers{
      {"HTTP_COOKIE", std::string(kCookie) + "=pbs_nonsense; " + "access_token_cookie=" + kitsu}};
  EXPECT_EQ(ask({"/members/", "POST"}, and_also(stale, "HTTP_SEC_FETCH_SITE", "cross-site"))
                .get("X-Auth-Code"),
            "cross_origin");
  EXPECT_EQ(ask_either({"/members/", "POST"}, and_also(stale, "HTTP_SEC_FETCH_SITE", "same-origin"))
                .get("X-Auth-User"),
            "alice");
}

TEST_F(GateStaleSessions, Complaint23TheGateSetsNoCookieWhichNginxWouldLose) {
  for (const auto& each : {shown(cookie_), shown("pbs_nonsense"), Headers()}) {
    for (const auto age : {domain::seconds(0), domain::seconds(120)}) {
      advance(age);
      const auto answer = at_the_resolver({"/members/"}, each);
      for (const auto& [name, value] : answer.headers()) {
        EXPECT_NE(name, "Set-Cookie") << value;
      }
    }
  }
}

TEST_F(GateStaleSessions, SeveralRequestsWithStaleCookiesEachGetTheirOwnAnswer) {
  world_.account("bob");
  const std::string bobs(world_.login("bob", domain::SessionKind::Kitsu).access.reveal());
  const std::string stale = std::string(kCookie) + "=pbs_nonsense";
  const std::vector<Headers> shown_by{{{"HTTP_COOKIE", stale}},
                                      {{"HTTP_COOKIE", stale + "; access_token_cookie=" + bobs}},
                                      {},
                                      shown(cookie_),
                                      {{"HTTP_COOKIE", stale + "; access_token_cookie=a.b.c"}}};
  std::vector<Headers> params;
  for (const auto& each : shown_by) params.push_back(params_of({"/members/"}, each));
  std::vector<Request> requests;
  for (const auto& each : params) {
    requests.push_back(fcgi::assemble(seen(each, fcgi::Role::Responder), fcgi::Door::Gate));
  }
  Services services{world_.services, settings_, shared_};
  const auto answers = check_gates(requests, services);
  ASSERT_EQ(answers.size(), 5U);
  EXPECT_EQ(answers[0].get("X-Auth-Code"), "invalid_token");
  EXPECT_EQ(answers[1].get("X-Auth-User"), "bob");
  EXPECT_EQ(answers[2].get("X-Auth-Code"), "credential_required");
  EXPECT_EQ(answers[3].get("X-Auth-User"), "alice");
  EXPECT_EQ(answers[4].get("X-Auth-Code"), "invalid_token");
}

}  // namespace
}  // namespace postern::handlers

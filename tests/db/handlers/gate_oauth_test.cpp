#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/account.hpp"
#include "domain/revocation.hpp"
#include "fcgi/assemble.hpp"
#include "fcgi/record.hpp"
#include "handlers/gate.hpp"
#include "handlers/gate_desk.hpp"
#include "handlers/oauth/public_key.hpp"
#include "handlers/sso/digest.hpp"
#include "tests/support/cache_world.hpp"
#include "tests/support/oauth_world.hpp"
#include "tests/support/token_signer.hpp"

namespace postern::handlers {
namespace {

using domain::Secret;
using test::OAuthWorld;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kMembers = "https://www.example.org/members";
const std::string kMetadata =
    R"(resource_metadata="https://www.example.org/.well-known/oauth-protected-resource)";

domain::Policy sample_policy() {
  using Kind = domain::Requirement::Kind;
  return domain::Policy::make({{"/open/**", {}, {Kind::Public, ""}},
                               {"/members/write/**", {}, {Kind::Permission, "submit"}},
                               {"/members/review/**", {}, {Kind::Permission, "moderate"}},
                               {"/members/all/**", {}, {Kind::Role, "contributor"}},
                               {"/members/**", {}, {Kind::SignedIn, ""}},
                               {"/other/write/**", {}, {Kind::Permission, "submit"}},
                               {"/other/**", {}, {Kind::SignedIn, ""}}})
      .value();
}

class GateOAuth : public testing::Test {
 protected:
  GateOAuth() {
    world_.settings.policy = sample_policy();
    auto resources = world_.settings.oauth.resources.all();
    resources.push_back({.uri = kMembers,
                         .name = "The members' pages",
                         .scopes = {"moderate", "read", "submit"},
                         .path = "/members"});
    resources.front().path = "/other";
    world_.settings.oauth.resources = std::move(resources);
    world_.services.memory = &memory_;
    cache_.trust();
  }

  domain::OAuthTokens tokens(std::vector<std::string> scopes = {"openid", "read", "submit"},
                             std::vector<std::string> resources = {kMembers},
                             const std::string& jkt = "") {
    OAuthWorld::Wish wish{.scopes = std::move(scopes), .resources = std::move(resources)};
    const auto code = oauth_.code(client_.client, alice_, wish);
    return oauth_.redeem(world_.services, client_.client, code, {jkt}).value();
  }

  fcgi::Inspection seen(const std::string& target, const Headers& headers) const {
    fcgi::Inspection inspection;
    inspection.verdict = fcgi::Verdict::Whole;
    inspection.role = role_;
    inspection.request_id = 1;
    Headers params{{"REQUEST_METHOD", "GET"},
                   {"REQUEST_URI", target},
                   {"REQUEST_SCHEME", "https"},
                   {"REMOTE_ADDR", "192.0.2.7"}};
    params.insert(params.end(), headers.begin(), headers.end());
    static std::vector<Headers> kept;  // views into them are given out
    kept.push_back(std::move(params));
    for (const auto& [name, value] : kept.back()) inspection.params.emplace_back(name, value);
    return inspection;
  }
  Response at_the_resolver(const std::string& target, const Headers& headers) {
    Services services{world_.services, settings_, shared_};
    return check_gate(fcgi::assemble(seen(target, headers), fcgi::Door::Gate), services);
  }
  /// None where it hands on.
  std::optional<std::string> at_the_desk(const std::string& target, const Headers& headers) {
    fcgi::QuickAnswer answer;
    if (!desk_.answer(seen(target, headers), answer)) return std::nullopt;
    const auto records = answer.records(1);
    const auto header = fcgi::read_header(records);
    return std::string(records.substr(fcgi::kRecordHeader, header->content_length));
  }
  /// Asks both, which have to say the same.
  Response ask(const std::string& target, const Headers& headers) {
    auto resolved = at_the_resolver(target, headers);  // first, since it fills the cache
    EXPECT_EQ(at_the_desk(target, headers).value_or("handed on"), resolved.serialize()) << target;
    return resolved;
  }
  static Headers bearer(const Secret& token) {
    return {{"HTTP_AUTHORIZATION", "Bearer " + std::string(token.reveal())}};
  }
  Response ask(const std::string& target, const Secret& token) {
    return ask(target, bearer(token));
  }

  /// A proof for this request.
  Headers with_proof(const Secret& token, const std::string& path,
                     const std::string& method = "GET", const test::TokenSigner* signer = nullptr) {
    const auto& key = signer != nullptr ? *signer : key_;
    Json::Value claims(Json::objectValue);
    claims["jti"] = "proof-" + std::to_string(++proofs_);
    claims["htm"] = method;
    claims["htu"] = "https://www.example.org" + path;
    claims["iat"] = Json::Int64(domain::unix_seconds(world_.clock.now()));
    claims["ath"] = sso::s256(token.reveal());
    Json::Value header(Json::objectValue);
    header["typ"] = "dpop+jwt";
    header["jwk"] = key.jwk();
    header["kid"] = Json::nullValue;
    return {{"HTTP_AUTHORIZATION", "DPoP " + std::string(token.reveal())},
            {"HTTP_DPOP", key.sign(claims, header)}};
  }
  void list_at_members(std::vector<std::string> scopes) {
    auto resources = world_.settings.oauth.resources.all();
    resources.back().scopes = std::move(scopes);
    world_.settings.oauth.resources = std::move(resources);
  }
  std::string thumbprint() { return oauth::thumbprint(key_.jwk()).value(); }

  test::DomainWorld world_;
  OAuthWorld oauth_{world_};
  test::CacheWorld cache_;
  domain::Fingerprinter fingerprints_{world_.ring, world_.settings};
  domain::CheckMemory memory_{cache_.cache, fingerprints_};
  Settings settings_;
  fcgi::SharedSegment& shared_ = fcgi::map_shared_segment();
  GateDesk desk_{{world_.settings.policy, settings_.gate, cache_.cache, fingerprints_, world_.clock,
                  world_.limiter, world_.settings.oauth}};
  domain::Account alice_ = world_.account("alice", "contributor");
  domain::MadeClient client_ = oauth_.client();
  test::TokenSigner key_{sso::SignatureKind::Es256, "k"};
  int proofs_ = 0;
  fcgi::Role role_ = fcgi::Role::Responder;
};

TEST_F(GateOAuth, ATokenForTheResourceOpensItsPagesAndTellsWhoIsThere) {
  const auto granted = tokens();
  const auto response = ask("/members/page?x=1", granted.access);
  ASSERT_EQ(response.status(), 200);
  EXPECT_EQ(response.get("X-Auth-Account"), alice_.id.text());
  EXPECT_EQ(response.get("X-Auth-User"), "alice");
  EXPECT_EQ(response.get("X-Auth-Permissions"), "read submit") << "openid is no permission";
  EXPECT_THAT(std::string(response.get("X-Auth-Credential")), StartsWith("oauth_token:"));
  EXPECT_EQ(response.get("X-Auth-Client"), client_.client.client_id);
  EXPECT_EQ(ask("/members/write/x", granted.access).status(), 200);
}

TEST_F(GateOAuth, Rfc9700Rule10ATokenIsGoodAtItsAudienceAlone) {
  const auto granted = tokens();
  const auto elsewhere = ask("/other/x", granted.access);
  EXPECT_EQ(elsewhere.status(), 401);
  EXPECT_EQ(elsewhere.get("X-Auth-Code"), "invalid_token");
  EXPECT_THAT(std::string(elsewhere.get("WWW-Authenticate")),
              HasSubstr(R"(error="invalid_token")"));
  const auto other = tokens({"read"}, {OAuthWorld::kApi});
  EXPECT_EQ(ask("/members/x", other.access).status(), 401) << "a resource that is somewhere else";
  const auto both = tokens({"read"}, {kMembers, OAuthWorld::kSite});
  EXPECT_EQ(ask("/members/x", both.access).status(), 200);
  EXPECT_EQ(ask("/other/x", both.access).status(), 200);
}

TEST_F(GateOAuth, Rfc9068Section223APermissionCountsWhereItsResourceListsIt) {
  list_at_members({"moderate", "read"});
  const auto both = tokens({"read", "submit"}, {kMembers, OAuthWorld::kSite}).access;
  for (const auto role : {fcgi::Role::Responder, fcgi::Role::Authorizer}) {
    role_ = role;
    const char* told =
        role == fcgi::Role::Responder ? "X-Auth-Permissions" : "Variable-X_AUTH_PERMISSIONS";
    EXPECT_EQ(ask("/members/write/x", both).status(), 403) << "the other resource's";
    EXPECT_EQ(ask("/members/x", both).get(told), "read");
    EXPECT_EQ(ask("/other/write/x", both).status(), 200);
    EXPECT_EQ(ask("/other/x", both).get(told), "read submit");
  }
  const auto why = std::string(ask("/members/write/x", both).get("WWW-Authenticate"));
  EXPECT_THAT(why, HasSubstr(R"(error="insufficient_scope", scope="read submit", )"));
  EXPECT_EQ(ask("/members/write/x", world_.login("alice").access).status(), 200)
      << "people's own tokens are worth the role everywhere";
}

TEST_F(GateOAuth, WhatAResourceListsNoMoreOpensNothingFromThenOn) {
  const auto granted = tokens();
  ASSERT_EQ(ask("/members/write/x", granted.access).status(), 200);
  list_at_members({"read"});
  EXPECT_EQ(ask("/members/write/x", granted.access).status(), 403);
  EXPECT_EQ(ask("/members/x", granted.access).get("X-Auth-Permissions"), "read");
  list_at_members({});
  EXPECT_EQ(ask("/members/x", granted.access).get("X-Auth-Permissions"), "");
}

TEST_F(GateOAuth, WhereNoResourceLiesNoClientGetsIn) {
  const auto granted = tokens();
  ASSERT_EQ(ask("/members/x", granted.access).status(), 200);
  auto resources = world_.settings.oauth.resources.all();
  resources.back().path = "/moved";
  world_.settings.oauth.resources = std::move(resources);
  const auto refused = ask("/members/x", granted.access);
  EXPECT_EQ(refused.status(), 401);
  EXPECT_EQ(refused.get("WWW-Authenticate"), R"(Bearer realm="postern", error="invalid_token")");
}

TEST_F(GateOAuth, WithoutTheServerNoClientGetsIn) {
  const auto granted = tokens();
  world_.settings.oauth.enabled = false;
  EXPECT_EQ(ask("/members/x", granted.access).status(), 401);
}

TEST_F(GateOAuth, OnAPublicPageATokenForSomewhereElseCountsAsNone) {
  const auto response = ask("/open/x", tokens().access);
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.get("X-Auth-User"), "");
  EXPECT_EQ(response.get("X-Auth-Client"), "");
}

TEST_F(GateOAuth, ScopesAreWorthWhatTheRolePermitsNow) {
  const auto granted = tokens();
  ASSERT_EQ(ask("/members/write/x", granted.access).status(), 200);
  domain::AccountChange change;
  change.role = "member";
  ASSERT_TRUE(
      domain::update_account(world_.services, alice_.id, change, alice_.id, world_.origin).ok());
  const auto response = ask("/members/x", granted.access);
  ASSERT_EQ(response.status(), 200);
  EXPECT_EQ(response.get("X-Auth-Permissions"), "");
  EXPECT_EQ(ask("/members/write/x", granted.access).status(), 403);
}

TEST_F(GateOAuth, ARuleThatAsksForARoleIsNotForClients) {
  EXPECT_EQ(ask("/members/all/x", tokens({"moderate", "read", "submit"}).access).status(), 403);
}

TEST_F(GateOAuth, InsufficientScopeNamesAllThatIsNeeded) {
  const auto response = ask("/members/review/x", tokens().access);
  EXPECT_EQ(response.status(), 403);
  EXPECT_EQ(response.get("WWW-Authenticate"),
            R"(Bearer realm="postern", error="insufficient_scope", )"
            R"(scope="moderate openid read submit", )" +
                kMetadata + "/members\"");
}

TEST_F(GateOAuth, Rfc9728TheChallengeLeadsToTheServer) {
  const auto page = ask("/members/x", Headers());
  EXPECT_EQ(page.status(), 401);
  EXPECT_EQ(page.get("WWW-Authenticate"), R"(Bearer realm="postern", )" + kMetadata + "/members\"");
  const auto write = ask("/members/write/x", Headers());
  EXPECT_EQ(write.get("WWW-Authenticate"),
            R"(Bearer realm="postern", )" + kMetadata + R"(/members", scope="submit")")
      << "no error where nothing was shown";
  const auto bad = at_the_resolver("/members/write/x", {{"HTTP_AUTHORIZATION", "Bearer nonsense"}});
  EXPECT_EQ(bad.get("WWW-Authenticate"),
            R"(Bearer realm="postern", )" + kMetadata +
                R"(/members", scope="submit", error="invalid_token", )"
                R"(error_description="The credential is not good here")");
}

TEST_F(GateOAuth, R6ARevokedGrantIsRefusedOnTheNextRequest) {
  const auto granted = tokens();
  ASSERT_EQ(ask("/members/x", granted.access).status(), 200);
  domain::revoke_token(world_.services, &client_.client, granted.access.reveal(), world_.origin);
  const auto refused = ask("/members/x", granted.access);
  EXPECT_EQ(refused.status(), 401);
  EXPECT_EQ(refused.get("X-Auth-Code"), "token_revoked");
}

TEST_F(GateOAuth, R6ADeletedClientsTokensAreRefusedOnTheNextRequest) {
  const auto granted = tokens();
  ASSERT_EQ(ask("/members/x", granted.access).status(), 200);
  ASSERT_TRUE(
      domain::delete_client(world_.services, client_.client.id, std::nullopt, world_.origin).ok());
  EXPECT_EQ(ask("/members/x", granted.access).get("X-Auth-Code"), "token_revoked");
}

TEST_F(GateOAuth, ASessionOfTheKindWithoutAGrantIsGoodForNothing) {
  const auto granted = tokens();
  world_.database_server.sql("delete from postern.oauth_grant");
  EXPECT_EQ(ask("/members/x", granted.access).get("X-Auth-Code"), "token_revoked");
}

TEST_F(GateOAuth, AClientsOwnTokenStandsForItsAccount) {
  const auto robot = oauth_.service("robot");
  const auto granted =
      domain::issue_to_client(
          world_.services,
          {.client = robot.client, .scope = "read", .resources = {kMembers}, .proof = {}},
          world_.origin)
          .value();
  const auto response = ask("/members/x", granted.access);
  ASSERT_EQ(response.status(), 200);
  EXPECT_EQ(response.get("X-Auth-User"), "robot");
  EXPECT_EQ(response.get("X-Auth-Permissions"), "read");
}

TEST_F(GateOAuth, R10OwnTokensPassAsBefore) {
  const auto own = world_.login("alice").access;
  const auto response = ask("/members/write/x", own);
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.get("X-Auth-Client"), "");
  EXPECT_EQ(ask("/other/x", own).status(), 200) << "they have no audience but the site";
}

TEST_F(GateOAuth, Rfc9449Section7ABoundTokenPassesWithItsProof) {
  const auto bound = tokens({"read"}, {kMembers}, thumbprint()).access;
  EXPECT_EQ(at_the_resolver("/members/x", with_proof(bound, "/members/x")).status(), 200);
  const auto quick = at_the_desk("/members/x?y=z", with_proof(bound, "/members/x"));
  EXPECT_THAT(quick.value_or("handed on"), StartsWith("Status: 200"));
  EXPECT_EQ(at_the_resolver("/members/a%20b", with_proof(bound, "/members/a%20b")).status(), 200);
}

TEST_F(GateOAuth, Rfc9449Section7AProofHasToBeForThisRequestAndGoodOnce) {
  const auto bound = tokens({"read"}, {kMembers}, thumbprint()).access;
  const auto other = tokens({"read"}, {kMembers}, thumbprint()).access;
  const test::TokenSigner stranger(sso::SignatureKind::Es256, "k");
  auto without = with_proof(bound, "/members/x");
  without.pop_back();
  auto exchanged = with_proof(other, "/members/x");
  exchanged.front() = with_proof(bound, "/members/x").front();
  const auto once = with_proof(bound, "/members/x");
  ASSERT_EQ(at_the_resolver("/members/x", once).status(), 200);
  for (const auto& headers : {without, exchanged, once, with_proof(bound, "/members/y"),
                              with_proof(bound, "/members/x", "POST"),
                              with_proof(bound, "/members/x", "GET", &stranger)}) {
    const auto refused = ask("/members/x", headers);
    EXPECT_EQ(refused.status(), 401);
    EXPECT_EQ(refused.get("X-Auth-Code"), "invalid_dpop_proof");
    EXPECT_EQ(refused.get("WWW-Authenticate"),
              R"(Bearer realm="postern", )" + kMetadata +
                  R"(/members", DPoP error="invalid_dpop_proof", )"
                  R"(error_description="The DPoP proof is not good", algs="ES256 RS256 PS256")")
        << "Bearer first: clients look at nothing behind another scheme";
  }
}

TEST_F(GateOAuth, Rfc9449Section7ABoundTokenIsNoBearerTokenAndTheOtherWayRound) {
  const auto bound = tokens({"read"}, {kMembers}, thumbprint()).access;
  const auto as_bearer = at_the_resolver("/members/x", bearer(bound));
  EXPECT_EQ(as_bearer.status(), 401);
  EXPECT_EQ(as_bearer.get("X-Auth-Code"), "invalid_token");
  auto both = with_proof(bound, "/members/x");
  both.front().second = "Bearer " + std::string(bound.reveal());
  EXPECT_EQ(at_the_resolver("/members/x", both).status(), 401)
      << "a proof makes no other scheme of it";
  const auto unbound = tokens().access;
  const auto as_dpop = at_the_resolver("/members/x", with_proof(unbound, "/members/x"));
  EXPECT_EQ(as_dpop.status(), 401);
  EXPECT_THAT(std::string(as_dpop.get("WWW-Authenticate")),
              HasSubstr(R"(, DPoP error="invalid_token")"));
  EXPECT_THAT(std::string(as_dpop.get("WWW-Authenticate")), StartsWith("Bearer "));
}

TEST_F(GateOAuth, R10KeysAndOwnTokensAreNotShownAsDpop) {
  const auto own = world_.login("alice").access;
  EXPECT_EQ(at_the_resolver("/members/x", with_proof(own, "/members/x")).status(), 401);
  domain::NewKey wanted;
  wanted.name = "key";
  const auto key =
      domain::issue_key(world_.services, alice_.id, wanted, alice_.id, world_.origin).value().text;
  EXPECT_EQ(at_the_resolver("/members/x", with_proof(key, "/members/x")).status(), 401);
}

TEST_F(GateOAuth, WhatNeedsNoProofIsAnsweredAtOnceFromMemory) {
  const auto granted = tokens();
  EXPECT_EQ(at_the_desk("/members/x", bearer(granted.access)), std::nullopt) << "not known yet";
  ASSERT_EQ(at_the_resolver("/members/x", bearer(granted.access)).status(), 200);
  world_.database.set_fault_hook_for_test(
      [](std::string_view) { throw domain::DatabaseUnavailable("away"); });
  EXPECT_THAT(at_the_desk("/members/x", bearer(granted.access)).value_or(""),
              StartsWith("Status: 200"));
  EXPECT_THAT(at_the_desk("/other/x", bearer(granted.access)).value_or(""),
              StartsWith("Status: 401"));
}

}  // namespace
}  // namespace postern::handlers

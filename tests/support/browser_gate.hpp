#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/browser_session.hpp"
#include "fcgi/assemble.hpp"
#include "fcgi/record.hpp"
#include "handlers/gate.hpp"
#include "handlers/gate_desk.hpp"
#include "tests/support/cache_world.hpp"

namespace postern::test {

/// A gate's worker and a resolver over one cache, and alice, who is signed in at the pages.
class BrowserGate : public testing::Test {
 protected:
  using Headers = std::vector<std::pair<std::string, std::string>>;
  static constexpr const char* kCookie = "__Host-postern_session";

  BrowserGate() {
    using Kind = domain::Requirement::Kind;
    world_.settings.policy = domain::Policy::make({{"/open/**", {}, {Kind::Public, ""}},
                                                   {"/members/**", {}, {Kind::SignedIn, ""}},
                                                   {"/write/**", {}, {Kind::Permission, "submit"}},
                                                   {"/all/**", {}, {Kind::Role, "contributor"}},
                                                   {"/staff/**", {}, {Kind::Permission, "admin"}}})
                                 .value();
    world_.settings.oauth.issuer = "https://www.example.org";
    settings_.gate.sign_in_url = "/oauth/sign-in";
    world_.services.memory = &memory_;
    believe();
  }

  void believe() { cache_.cache.trust_until(world_.clock.uptime() + std::chrono::hours(1)); }
  void advance(std::chrono::seconds by) {
    world_.clock.advance(by);
    believe();
  }

  domain::BrowserSession enter(const std::string& login = "alice") {
    return domain::sign_in_browser(
               world_.services, {login, domain::Secret(DomainWorld::kPassword), {}}, world_.origin)
        .value();
  }
  std::string cookie_of(const domain::BrowserSession& session) {
    return std::string(domain::browser_cookie(world_.ring, session.id).reveal());
  }
  static Headers shown(std::string_view value, std::string_view name = kCookie) {
    return {{"HTTP_COOKIE", std::string(name).append("=").append(value)}};
  }
  static Headers and_also(Headers headers, const std::string& name, const std::string& value) {
    headers.emplace_back(name, value);
    return headers;
  }

  struct Wanted {
    std::string target, method = "GET";
    fcgi::Role role = fcgi::Role::Responder;
  };
  static Headers params_of(const Wanted& wanted, const Headers& headers) {
    Headers params{{"REQUEST_METHOD", wanted.method}, {"REQUEST_URI", wanted.target},
                   {"REQUEST_SCHEME", "https"},       {"REMOTE_ADDR", "192.0.2.7"},
                   {"HTTP_HOST", "www.example.org"},  {"HTTP_ACCEPT", "text/html"}};
    params.insert(params.end(), headers.begin(), headers.end());
    return params;
  }
  static fcgi::Inspection seen(const Headers& params, fcgi::Role role) {
    fcgi::Inspection inspection;
    inspection.verdict = fcgi::Verdict::Whole;
    inspection.role = role;
    inspection.request_id = 1;
    for (const auto& [name, value] : params) inspection.params.emplace_back(name, value);
    return inspection;
  }
  handlers::Response at_the_resolver(const Wanted& wanted, const Headers& headers) {
    handlers::Services services{world_.services, settings_, shared_};
    const auto params = params_of(wanted, headers);
    return handlers::check_gate(fcgi::assemble(seen(params, wanted.role), fcgi::Door::Gate),
                                services);
  }
  /// None where it hands on.
  std::optional<std::string> at_the_desk(const Wanted& wanted, const Headers& headers) {
    fcgi::QuickAnswer answer;
    const auto params = params_of(wanted, headers);
    if (!desk_.answer(seen(params, wanted.role), answer)) return std::nullopt;
    const auto records = answer.records(1);
    const auto header = fcgi::read_header(records);
    return std::string(records.substr(fcgi::kRecordHeader, header->content_length));
  }
  /// Asks both, which have to say the same.
  handlers::Response ask(const Wanted& wanted, const Headers& headers) {
    auto resolved = at_the_resolver(wanted, headers);  // first, since it fills the cache
    EXPECT_EQ(at_the_desk(wanted, headers).value_or("handed on"),
              resolved.serialize(wanted.method == "HEAD"))
        << wanted.target;
    return resolved;
  }
  /// The code of the refusal; "" for who is let in.
  std::string code(const std::string& target, const Headers& headers,
                   const std::string& method = "GET") {
    const auto answer = at_the_resolver({target, method}, headers);
    return answer.status() == 200 ? "" : std::string(answer.get("X-Auth-Code"));
  }
  std::string sql(const std::string& text) { return world_.database_server.sql(text); }

  DomainWorld world_;
  CacheWorld cache_;
  domain::Fingerprinter fingerprints_{world_.ring, world_.settings};
  domain::CheckMemory memory_{cache_.cache, fingerprints_};
  handlers::Settings settings_;
  fcgi::SharedSegment& shared_ = fcgi::map_shared_segment();
  handlers::GateDesk desk_{{world_.settings.policy, settings_.gate, cache_.cache, fingerprints_,
                            world_.clock, world_.limiter, world_.settings.oauth}};
  domain::Account alice_ = world_.account("alice", "contributor");
  domain::BrowserSession session_ = enter();
  std::string cookie_ = cookie_of(session_);
};

}  // namespace postern::test

#include "tests/support/openskip_world.hpp"

#include "handlers/openskip/key_level.hpp"
#include "tests/support/golden.hpp"

namespace postern::test {

OpenSkipWorld::OpenSkipWorld() {
  settings.openskip.sign_ins_per_minute = 0;
  domain.settings.registration.mode = domain::RegistrationMode::Invite;
  domain.settings.registration.approval = true;
}

fcgi::Response OpenSkipWorld::post(std::string_view path, std::string_view body,
                                   const domain::Secret& access) {
  auto made = raw_request("POST", path, "application/json", body);
  return send(access.empty() ? made : with_bearer(std::move(made), access));
}

fcgi::Response OpenSkipWorld::with_key(std::string_view method, std::string_view path,
                                       const domain::Secret& key, std::string_view body) {
  return send(
      with_header(raw_request(method, path, "application/json", body), "x-api-key", key.reveal()));
}

OpenSkipWorld::Person OpenSkipWorld::person(const std::string& username, const std::string& role) {
  auto account = domain.account(username, role);
  auto tokens = domain.login(username, domain::SessionKind::OpenSkip);
  return {std::move(account), std::move(tokens.access)};
}

domain::IssuedKey OpenSkipWorld::key(const Person& owner, std::string_view level) {
  domain::NewKey wanted;
  wanted.name = level;
  wanted.permissions = handlers::openskip::permissions_of(level);
  wanted.dialect = "openskip";
  const auto id = owner.account.id;
  return domain::issue_key(domain.services, id, wanted, id, domain.origin).value();
}

domain::IssuedInvite OpenSkipWorld::invite(const std::string& role, std::int64_t uses) {
  domain::NewInvite wanted;
  wanted.role = role;
  wanted.max_uses = uses;
  return domain::create_invite(domain.services, wanted, std::nullopt, domain.origin).value();
}

std::string OpenSkipWorld::sign_in_body(const std::string& username) const {
  return R"({"username":")" + username + R"(","password":")" + DomainWorld::kPassword + R"("})";
}

std::string OpenSkipWorld::register_body(const std::string& username,
                                         const domain::Secret& code) const {
  return R"({"username":")" + username + R"(","email":")" + username +
         R"(@example.org","password":")" + DomainWorld::kPassword + R"(","invite_code":")" +
         std::string(code.reveal()) + R"("})";
}

void expect_openskip(const fcgi::Response& response, int status, std::string_view body) {
  EXPECT_EQ(response.status(), status);
  EXPECT_EQ(without_chance(response.body()), body);
  if (!response.body().empty()) {
    EXPECT_EQ(response.get("Content-Type"), "application/json");
  }
  EXPECT_EQ(response.get("Cache-Control"), "no-store");
  EXPECT_EQ(response.get("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(response.get("WWW-Authenticate"), status == 401 ? "Bearer" : "");
}

}  // namespace postern::test

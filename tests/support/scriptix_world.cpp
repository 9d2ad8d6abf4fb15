#include "tests/support/scriptix_world.hpp"

#include "domain/text.hpp"
#include "domain/totp.hpp"
#include "domain/totp_code.hpp"

namespace postern::test {
namespace {

/// RFC 4648 section 6.
domain::Secret base32_decode(std::string_view text) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string bytes;
  unsigned pending = 0, bits = 0;
  for (const char c : text) {
    pending = (pending << 5U) | static_cast<unsigned>(kAlphabet.find(c));
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>((pending >> bits) & 0xFFU);
  }
  return domain::Secret(bytes);
}

ScriptixWorld::Key key_in(const fcgi::Response& response) {
  EXPECT_EQ(response.status(), 201) << response.body();
  const auto body = json_of(response);
  return {body["key"].asString(), std::to_string(body["id"].asInt64())};
}

std::string wish(const std::string& name, const std::string& type) {
  return R"({"name":")" + name + R"(","type":")" + type + R"("})";
}

}  // namespace

fcgi::Response ScriptixWorld::form(std::string_view path, std::string_view body) {
  return send(raw_request("POST", path, "application/x-www-form-urlencoded", body));
}

fcgi::Response ScriptixWorld::post(std::string_view path, std::string_view json,
                                   const domain::Secret& credential) {
  auto made = raw_request("POST", path, "application/json", json);
  return send(credential.empty() ? made : with_bearer(std::move(made), credential));
}

ScriptixWorld::Person ScriptixWorld::person(const std::string& username, const std::string& role) {
  auto account = domain.account(username, role);
  return {std::move(account), domain.login(username, domain::SessionKind::Scriptix).access};
}

std::string ScriptixWorld::login_form(const std::string& username, std::string_view more) {
  std::string password(DomainWorld::kPassword);
  for (auto& c : password) c = c == ' ' ? '+' : c;
  return "username=" + username + "&password=" + password + std::string(more);
}

ScriptixWorld::Factor ScriptixWorld::enable_totp(const std::string& username) {
  const auto tokens = domain.login(username);
  const auto& id = tokens.account.id;
  const auto enrolment =
      domain::start_totp(domain.services, id, {tokens.session}, domain.origin).value();
  Factor factor{base32_decode(enrolment.secret.reveal()), {}};
  factor.recovery_codes = domain::confirm_totp(domain.services, id, domain::Secret(code_of(factor)),
                                               tokens.session, domain.origin)
                              .value();
  domain.clock.advance(domain::kTotpStep);
  return factor;
}

std::string ScriptixWorld::code_of(const Factor& factor) {
  return std::string(
      domain::totp_code(factor.secret, domain::totp_step(domain.clock.now())).reveal());
}

ScriptixWorld::Key ScriptixWorld::api_key(const domain::Secret& maker, const std::string& name,
                                          const std::string& type) {
  return key_in(post(kKeys, wish(name, type), maker));
}

ScriptixWorld::Key ScriptixWorld::token(const domain::Secret& maker, const std::string& name,
                                        const std::string& type) {
  return key_in(post(kTokens, wish(name, type), maker));
}

ScriptixWorld::Key ScriptixWorld::special_key(const domain::Account& owner, domain::NewKey wanted) {
  const auto issued =
      domain::issue_key(domain.services, owner.id, wanted, owner.id, domain.origin).value();
  return {std::string(issued.text.reveal()), std::to_string(issued.key.number)};
}

std::string ScriptixWorld::now() const {
  return domain::rfc3339(domain.clock.now());
}

void expect_scriptix(const fcgi::Response& response, int status, std::string_view body) {
  EXPECT_EQ(response.status(), status) << response.body();
  EXPECT_EQ(response.body(), body);
  if (status != 204) {
    EXPECT_EQ(response.get("Content-Type"), "application/json");
  }
  EXPECT_EQ(response.get("Cache-Control"), "no-store");
  EXPECT_EQ(response.get("WWW-Authenticate"), status == 401 ? "Bearer" : "");
}

void expect_refused(const fcgi::Response& response, int status, std::string_view code) {
  const auto body = json_of(response);
  EXPECT_EQ(body.size(), 3U) << response.body();
  for (const auto* member : {"error", "message", "error_code"}) {
    EXPECT_TRUE(body[member].isString()) << response.body();
  }
  EXPECT_EQ(body["error_code"].asString(), code);
  expect_scriptix(response, status, response.body());
}

}  // namespace postern::test

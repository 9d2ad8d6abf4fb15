#include "tests/support/kitsu_world.hpp"

#include <array>

#include "domain/bot_token.hpp"
#include "handlers/object_text.hpp"

namespace postern::test {

fcgi::Response KitsuWorld::send_json(std::string_view method, std::string_view path,
                                     std::string_view json, const domain::Secret& credential) {
  auto made = raw_request(method, path, "application/json", json);
  return send(credential.empty() ? made : with_bearer(std::move(made), credential));
}

fcgi::Response KitsuWorld::post(std::string_view path, std::string_view json,
                                const domain::Secret& credential) {
  return send_json("POST", path, json, credential);
}

fcgi::Response KitsuWorld::put(std::string_view path, std::string_view json,
                               const domain::Secret& credential) {
  return send_json("PUT", path, json, credential);
}

fcgi::Response KitsuWorld::get(std::string_view path, const domain::Secret& credential) {
  return send("GET", path, credential);
}

fcgi::Response KitsuWorld::del(std::string_view path, const domain::Secret& credential) {
  return send("DELETE", path, credential);
}

KitsuWorld::Person KitsuWorld::person(const std::string& username, const std::string& role) {
  auto account = domain.account(username, role);
  auto tokens = domain.login(username, domain::SessionKind::Kitsu);
  return {std::move(account), std::move(tokens.access), std::move(tokens.refresh), tokens.session};
}

KitsuWorld::Person KitsuWorld::again(const Person& person) {
  auto tokens = domain.login(person.account.username, domain::SessionKind::Kitsu);
  return {person.account, std::move(tokens.access), std::move(tokens.refresh), tokens.session};
}

KitsuWorld::Bot KitsuWorld::bot(const std::string& username, const std::string& role) {
  domain::NewAccount wanted;
  wanted.username = username;
  wanted.role = role;
  wanted.is_bot = true;
  auto account =
      domain::create_account(domain.services, wanted, std::nullopt, domain.origin).value();
  auto token = script_token(account);
  return {std::move(account), std::move(token)};
}

domain::Secret KitsuWorld::script_token(const domain::Account& account) {
  return domain::issue_bot_token(domain.services, account.id, std::nullopt, account.id,
                                 domain.origin)
      .value()
      .text;
}

std::string KitsuWorld::login_body(const std::string& login, std::string_view password) {
  return handlers::ObjectText()
      .text("email", login)
      .text("password", password)
      .raw("totp", "null")
      .raw("email_otp", "null")
      .raw("fido_authentication_response", "null")
      .raw("recovery_code", "null")
      .finish();
}

int KitsuWorld::status_with(const domain::Secret& credential) {
  return get(kMe, credential).status();
}

fcgi::Request by_browser(fcgi::Request request) {
  for (auto& [name, value] : request.headers) {
    if (name == "user-agent")
      value = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
  }
  return request;
}

fcgi::Request with_cookie(fcgi::Request request, std::string_view name,
                          const domain::Secret& token) {
  return with_header(std::move(request), "cookie",
                     std::string(name) + '=' + std::string(token.reveal()));
}

void expect_kitsu(const fcgi::Response& response, int status, std::string_view body) {
  EXPECT_EQ(response.status(), status) << response.body();
  EXPECT_EQ(response.body(), body);
  if (!body.empty()) {
    EXPECT_EQ(response.get("Content-Type"), "application/json");
  }
  constexpr std::array<std::array<const char*, 2>, 5> kHeaders{
      {{"X-Content-Type-Options", "nosniff"},
       {"X-Frame-Options", "SAMEORIGIN"},
       {"Content-Security-Policy", "frame-ancestors 'self'"},
       {"Referrer-Policy", "strict-origin-when-cross-origin"},
       {"WWW-Authenticate", ""}}};
  for (const auto& [name, value] : kHeaders) EXPECT_EQ(response.get(name), value) << name;
}

void expect_refusal(const fcgi::Response& response, int status, std::string_view message,
                    bool data) {
  handlers::ObjectText body;
  body.boolean("error", true).text("message", message);
  if (status == 400 && data) body.raw("data", "null");
  expect_kitsu(response, status, body.finish());
}

void expect_unauthorized(const fcgi::Response& response) {
  expect_refusal(
      response, 401,
      "The server could not verify that you are authorized to access the URL requested. You either "
      "supplied the wrong credentials (e.g. a bad password), or your browser doesn't understand "
      "how to supply the credentials required.");
}

void expect_forbidden(const fcgi::Response& response) {
  expect_refusal(
      response, 403,
      "You don't have the permission to access the requested resource. It is either read-protected "
      "or not readable by the server.");
}

void expect_not_found(const fcgi::Response& response) {
  expect_refusal(
      response, 404,
      "404 Not Found: The requested URL was not found on the server. If you entered the URL "
      "manually please check your spelling and try again.");
}

void expect_validation_error(const fcgi::Response& response, std::string_view field) {
  const auto body = json_of(response);
  EXPECT_EQ(body["data"]["errors"][0]["field"].asString(), field) << response.body();
  EXPECT_EQ(body["message"].asString(), "Validation error.");
  EXPECT_TRUE(body["error"].asBool());
  expect_kitsu(response, 400, response.body());
}

}  // namespace postern::test

#include "tests/support/dispatcharr_world.hpp"

namespace postern::test {

DispatcharrWorld::DispatcharrWorld() {
  settings.dispatcharr.logins_per_minute = 0;
}

fcgi::Response DispatcharrWorld::ask(std::string_view method, std::string_view path,
                                     const domain::Secret& access) {
  const std::string bare(path.substr(0, path.size() - (path.ends_with('/') ? 1 : 0)));
  const auto without = send(method, bare, access);
  const auto with = send(method, bare + '/', access);
  EXPECT_EQ(with.status(), without.status()) << path;
  EXPECT_EQ(with.body(), without.body()) << path;
  return with;
}

fcgi::Response DispatcharrWorld::send_json(std::string_view method, std::string_view path,
                                           std::string_view body, const domain::Secret& access) {
  auto made = raw_request(method, path, "application/json", body);
  return send(access.empty() ? made : with_bearer(std::move(made), access));
}

fcgi::Response DispatcharrWorld::post(std::string_view path, std::string_view body,
                                      const domain::Secret& access) {
  return send_json("POST", path, body, access);
}

fcgi::Response DispatcharrWorld::with_key(std::string_view method, std::string_view path,
                                          const domain::Secret& key, std::string_view body) {
  return send(
      with_header(raw_request(method, path, "application/json", body), "x-api-key", key.reveal()));
}

DispatcharrWorld::Person DispatcharrWorld::person(const std::string& username,
                                                  const std::string& role) {
  auto account = domain.account(username, role);
  auto tokens = domain.login(username, domain::SessionKind::Dispatcharr);
  return {std::move(account), std::move(tokens.access), std::move(tokens.refresh)};
}

std::string DispatcharrWorld::login_body(const std::string& username) const {
  return R"({"username":")" + username + R"(","password":")" + DomainWorld::kPassword + R"("})";
}

void expect_answer(const fcgi::Response& response, int status, std::string_view body) {
  EXPECT_EQ(response.status(), status);
  EXPECT_EQ(response.body(), body);
  if (status != 204) {
    EXPECT_EQ(response.get("Content-Type"), "application/json");
  }
  EXPECT_EQ(response.get("Cache-Control"), "no-store");
  EXPECT_EQ(response.get("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(response.get("WWW-Authenticate"), status == 401 ? R"(Bearer realm="api")" : "");
}

std::string text_of(const fcgi::Response& response, const char* member) {
  const auto body = json_of(response);
  return body.isObject() && body[member].isString() ? body[member].asString() : std::string();
}

}  // namespace postern::test

#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/support/handler_world.hpp"

namespace postern::test {

/// A HandlerWorld spoken to as Kitsu's clients and SDKs do: JSON bodies, `Authorization: Bearer`,
/// and a User-Agent that is no browser's.
class KitsuWorld : public HandlerWorld {
 public:
  static constexpr const char* kLogin = "/api/auth/login";
  static constexpr const char* kPersons = "/api/data/persons";
  static constexpr const char* kMe = "/api/auth/authenticated";
  static constexpr const char* kRefresh = "/api/auth/refresh-token";

  fcgi::Response send_json(std::string_view method, std::string_view path, std::string_view json,
                           const domain::Secret& credential = {});
  fcgi::Response post(std::string_view path, std::string_view json,
                      const domain::Secret& credential = {});
  fcgi::Response put(std::string_view path, std::string_view json,
                     const domain::Secret& credential = {});
  fcgi::Response get(std::string_view path, const domain::Secret& credential = {});
  fcgi::Response del(std::string_view path, const domain::Secret& credential = {});

  struct Person {
    domain::Account account;
    domain::Secret access, refresh;
    domain::SessionId session;
    [[nodiscard]] std::string id() const { return account.id.text(); }
    [[nodiscard]] std::string path() const { return kPersons + ('/' + id()); }
  };
  /// An account, logged in through this dialect.
  Person person(const std::string& username = "ann", const std::string& role = "user");
  /// Another login of the same account.
  Person again(const Person& person);

  struct Bot {
    domain::Account account;
    domain::Secret token;
    [[nodiscard]] std::string id() const { return account.id.text(); }
    [[nodiscard]] std::string path() const { return kPersons + ('/' + id()); }
  };
  /// A bot without an address, and its token.
  Bot bot(const std::string& username = "robot", const std::string& role = "user");
  /// The token of a person's own scripts.
  domain::Secret script_token(const domain::Account& account);

  /// `{"email":…,"password":…}` as the SDK sends it: six members, of which four are null.
  static std::string login_body(const std::string& login,
                                std::string_view password = DomainWorld::kPassword);
  /// What `auth/authenticated` says to the credential: 200, 401, …
  [[nodiscard]] int status_with(const domain::Secret& credential);
};

/// The same request from Firefox, which gets cookies.
[[nodiscard]] fcgi::Request by_browser(fcgi::Request request);
[[nodiscard]] fcgi::Request with_cookie(fcgi::Request request, std::string_view name,
                                        const domain::Secret& token);

/// Status, exact body, and what every answer of the dialect has: its type, four headers, no
/// WWW-Authenticate.
void expect_kitsu(const fcgi::Response& response, int status, std::string_view body);
/// `{"error":true,"message":…}`, with `"data":null` where it is a 400 and `data` says so.
void expect_refusal(const fcgi::Response& response, int status, std::string_view message,
                    bool data = true);
/// The framework's own 401, 403 and 404.
void expect_unauthorized(const fcgi::Response& response);
void expect_forbidden(const fcgi::Response& response);
void expect_not_found(const fcgi::Response& response);
/// 400 `Validation error.` about that field.
void expect_validation_error(const fcgi::Response& response, std::string_view field);

}  // namespace postern::test

#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/handler_world.hpp"

namespace postern::test {

/// A HandlerWorld spoken to as Scriptix's clients do.
class ScriptixWorld : public HandlerWorld {
 public:
  static constexpr const char* kLogin = "/api/v3/auth/login?login_type=token";
  static constexpr const char* kMfa = "/api/v3/auth/login/mfa?login_type=token";
  static constexpr const char* kTokens = "/api/v3/tokens";
  static constexpr const char* kKeys = "/api/v3/api-keys";
  static constexpr const char* kMe = "/api/v3/me";

  fcgi::Response form(std::string_view path, std::string_view body);
  fcgi::Response post(std::string_view path, std::string_view json,
                      const domain::Secret& credential = {});

  struct Person {
    domain::Account account;
    domain::Secret access;
  };
  /// An account, logged in through this dialect.
  Person person(const std::string& username, const std::string& role = "member");
  /// `username=…&password=…` as a form.
  static std::string login_form(const std::string& username, std::string_view more = "");

  /// A second factor in force: the secret's bytes and the recovery codes.
  struct Factor {
    domain::Secret secret;
    std::vector<domain::Secret> recovery_codes;
  };
  Factor enable_totp(const std::string& username);
  /// The code of now. Advance the clock by a step before each further one: none is good twice.
  std::string code_of(const Factor& factor);

  struct Key {
    std::string text;
    std::string id;  ///< its number
  };
  /// Made through this dialect with a session's token or a key.
  Key api_key(const domain::Secret& maker, const std::string& name = "key",
              const std::string& type = "live");
  Key token(const domain::Secret& maker, const std::string& name = "token",
            const std::string& type = "batch");
  /// Made by the domain, with what this dialect cannot say.
  Key special_key(const domain::Account& owner, domain::NewKey wanted);

  /// The clock's moment as this dialect writes it.
  [[nodiscard]] std::string now() const;
  [[nodiscard]] int status_with(const std::string& key) {
    return send("GET", kMe, domain::Secret(key)).status();
  }
};

/// Status, exact body, and what every answer of the dialect has.
void expect_scriptix(const fcgi::Response& response, int status, std::string_view body);
/// The same of a refusal, told by its code: exactly three members, all of them texts.
void expect_refused(const fcgi::Response& response, int status, std::string_view code);

}  // namespace postern::test

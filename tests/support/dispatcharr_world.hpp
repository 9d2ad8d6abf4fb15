#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/support/handler_world.hpp"

namespace postern::test {

/// A HandlerWorld spoken to as Dispatcharr's clients do. The login throttle is off until a test
/// turns it on.
class DispatcharrWorld : public HandlerWorld {
 public:
  DispatcharrWorld();

  /// Sends it with and without the trailing slash, where asking twice changes nothing, and expects
  /// the same answer.
  fcgi::Response ask(std::string_view method, std::string_view path,
                     const domain::Secret& access = {});
  fcgi::Response post(std::string_view path, std::string_view body,
                      const domain::Secret& access = {});
  fcgi::Response send_json(std::string_view method, std::string_view path, std::string_view body,
                           const domain::Secret& access = {});
  fcgi::Response with_key(std::string_view method, std::string_view path, const domain::Secret& key,
                          std::string_view body = "");

  struct Person {
    domain::Account account;
    domain::Secret access, refresh;
  };
  /// An account, logged in through this dialect.
  Person person(const std::string& username, const std::string& role = "member");
  std::string login_body(const std::string& username) const;
};

/// Status, exact body, and what every answer of the dialect has.
void expect_answer(const fcgi::Response& response, int status, std::string_view body);
/// A body's member as text.
std::string text_of(const fcgi::Response& response, const char* member);

}  // namespace postern::test

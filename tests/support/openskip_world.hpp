#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "domain/invite.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::test {

/// A HandlerWorld spoken to as OpenSkip's clients do, set up as its document describes: who
/// registers has an invitation and waits for approval. The limit of sign-ins is off until a test
/// turns it on.
class OpenSkipWorld : public HandlerWorld {
 public:
  OpenSkipWorld();

  fcgi::Response post(std::string_view path, std::string_view body,
                      const domain::Secret& access = {});
  fcgi::Response with_key(std::string_view method, std::string_view path, const domain::Secret& key,
                          std::string_view body = "");

  struct Person {
    domain::Account account;
    domain::Secret access;
  };
  /// An account, signed in through this dialect.
  Person person(const std::string& username, const std::string& role = "contributor");
  /// A key of this dialect: read, submit or moderate.
  domain::IssuedKey key(const Person& owner, std::string_view level);
  domain::IssuedInvite invite(const std::string& role = "contributor", std::int64_t uses = 1);

  [[nodiscard]] std::string sign_in_body(const std::string& username) const;
  [[nodiscard]] std::string register_body(const std::string& username,
                                          const domain::Secret& code) const;
};

/// Status, exact body with chance taken out (golden.hpp), and what every answer of the dialect has.
void expect_openskip(const fcgi::Response& response, int status, std::string_view body);

}  // namespace postern::test

#pragma once

#include <string>
#include <string_view>

#include "tests/support/handler_world.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::test {

/// The authorization server over a world, asked as clients ask it.
class OAuthDoor : public HandlerWorld {
 public:
  OAuthDoor() : site(domain) {}

  OAuthWorld site;

  /// A form, by POST; with an Authorization header where it is given.
  fcgi::Response post(std::string_view path, std::string_view form,
                      std::string_view authorization = "");
  /// The members of a token request that redeem this code.
  static std::string redeeming(const OAuthWorld::Code& code);
  static std::string refreshing(std::string_view refresh_token);
  static std::string basic(const domain::MadeClient& client);
};

}  // namespace postern::test

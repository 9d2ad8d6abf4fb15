#pragma once

#include <gtest/gtest.h>

#include "tests/support/oauth_page_world.hpp"

namespace postern::test {

/// Tests of the pages: a world, and one browser before it.
class OAuthPages : public testing::Test {
 protected:
  /// Whatever follows upon a request of somebody who is signed in: the question.
  fcgi::Response consent_page(const domain::OAuthClient& client, const Fields& changes = {}) {
    if (!signed_in()) (void)browser_.sign_in();
    return browser_.follow(browser_.get(OAuthPageWorld::question(client, changes)));
  }
  bool signed_in() const { return browser_.cookies.contains("__Host-postern_session"); }
  /// The cookie as it was set; "" where it was not.
  static std::string cookie_line(const fcgi::Response& response, const std::string& name) {
    for (const auto& [header, value] : response.headers()) {
      if (header == "Set-Cookie" && value.starts_with(name + "=")) return value;
    }
    return {};
  }

  OAuthPageWorld world_;
  PageBrowser browser_{world_};
  const Fields password_{{"username", "alice"}, {"password", DomainWorld::kPassword}};
};

}  // namespace postern::test

#pragma once

#include "domain/oauth_client.hpp"
#include "tests/support/page_browser.hpp"

namespace postern::test {

/// The pages, with people and clients: issuer https://www.example.org, two resources, alice who may
/// submit and compose.
class OAuthPageWorld : public HandlerWorld {
 public:
  static constexpr const char* kBack = "https://app.example/back";
  static constexpr const char* kIssuer = "https://www.example.org";
  static constexpr const char* kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

  OAuthPageWorld();

  domain::Account alice;

  /// One that registered itself: a stranger.
  domain::OAuthClient stranger(const domain::ClientMetadata& metadata = {});
  /// One of an administrator's making.
  domain::OAuthClient trusted(const domain::ClientMetadata& metadata = {});

  /// One that the client may have got for this person just now, and show again as a hint.
  std::string id_token_of(const domain::Account& account, const std::string& client_id);

  /// The path of an authorization request; a change with "" leaves the parameter out.
  static std::string question(const domain::OAuthClient& client, const Fields& changes = {});
};

}  // namespace postern::test

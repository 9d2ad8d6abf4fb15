#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/oauth_code.hpp"
#include "domain/oauth_consent.hpp"
#include "domain/oauth_device.hpp"
#include "domain/oauth_grant.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::test {

/// An authorization server over a world: what people and clients do on their way to tokens, in one
/// call each. Mistakes in a test throw.
///
/// The world gets two resources: the site (read, submit, moderate), which is the default, and an
/// API elsewhere (read, export). Of the roles, `contributor` may read and submit, `moderator`
/// moderate besides.
class OAuthWorld {
 public:
  static constexpr const char* kSite = "https://www.example.org";
  static constexpr const char* kApi = "https://api.example.org/v1";
  static constexpr const char* kCallback = "https://app.example.com/callback";

  explicit OAuthWorld(DomainWorld& world);

  /// Made by an administrator, for codes, refresh tokens and devices.
  domain::MadeClient client(domain::ClientAuth auth = domain::ClientAuth::None,
                            domain::ClientMetadata metadata = {});
  /// For client_credentials, with an account of its own.
  domain::MadeClient service(const std::string& username = "robot",
                             const std::string& role = "contributor");

  struct Wish {
    std::vector<std::string> scopes{"read", "submit"};
    std::vector<std::string> resources{kSite};
    std::string nonce{};
    std::string dpop_jkt{};
    std::optional<domain::SessionId> browser_session{};
  };
  /// A person consents.
  domain::ConsentId consent(const domain::OAuthClient& client, const domain::Account& account,
                            const Wish& wish);
  domain::ConsentId consent(const domain::OAuthClient& client, const domain::Account& account) {
    return consent(client, account, Wish());
  }

  /// What a client has in hand when its callback was called.
  struct Code {
    domain::Secret text;
    std::string verifier;
    std::string redirect_uri;
    domain::ConsentId consent;
  };
  Code code(const domain::OAuthClient& client, const domain::Account& account, const Wish& wish);
  Code code(const domain::OAuthClient& client, const domain::Account& account) {
    return code(client, account, Wish());
  }

  /// As any worker would.
  domain::Result<domain::OAuthTokens> redeem(domain::Services& services,
                                             const domain::OAuthClient& client, const Code& code,
                                             const domain::TokenProof& proof = {});
  domain::Result<domain::OAuthTokens> refresh(domain::Services& services,
                                              const domain::OAuthClient& client,
                                              const domain::Secret& token,
                                              const domain::TokenProof& proof = {});

  /// A consent, a code, and the tokens for it.
  domain::OAuthTokens tokens(const domain::OAuthClient& client, const domain::Account& account,
                             const Wish& wish);
  domain::OAuthTokens tokens(const domain::OAuthClient& client, const domain::Account& account) {
    return tokens(client, account, Wish());
  }

  /// Whether the gate would know whom this token is for.
  bool is_alive(const domain::Secret& access);

  DomainWorld& world;
};

}  // namespace postern::test

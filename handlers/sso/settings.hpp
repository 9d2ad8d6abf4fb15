#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/external_identity.hpp"
#include "domain/secret.hpp"

namespace postern::handlers::sso {

/// One [[sso.provider]]: an OpenID provider whose people may sign in here.
struct Provider {
  std::string name;    ///< in addresses: [a-z0-9-], 1-32
  std::string title;   ///< what people read on a button
  std::string issuer;  ///< as the provider writes it, to the letter
  std::string client_id;
  domain::Secret client_secret;  ///< empty: a public client
  std::string scopes = "openid email profile";
  /// Of Microsoft's directories: whose people may (the claim `tid`). Empty: as the issuer says;
  /// "*": any, said expressly.
  std::vector<std::string> tenants;
  domain::LinkRules rules;
  bool trust_second_factor = false;  ///< its `amr` that names `mfa` stands for a second factor here
  std::string ca_file;               ///< of the certificate authority; "": the system's
};

struct Settings {
  std::vector<Provider> providers;
  /// Where a sign-in may return to: an address to the letter, or everything below one that ends in
  /// '/'.
  std::vector<std::string> return_urls;
  unsigned sign_ins_per_minute = 20;  ///< begun from one network; 0: no limit
  unsigned outgoing = 1;              ///< how many workers may wait for providers at once

  [[nodiscard]] const Provider* find(std::string_view name) const;
};

}  // namespace postern::handlers::sso

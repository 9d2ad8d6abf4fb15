#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/flat_json.hpp"
#include "domain/services.hpp"

namespace postern::domain {

/// Keys that another process made are loaded, and retired ones forgotten: whenever something that
/// any credential may depend on changed on this machine, every minute, and each time where nobody
/// tells of changes (no cache, or one that is not believed now). Throws as Database does.
void keep_up_signing_keys(Services& services);

/// Signs with the key of this moment, of those that were loaded.
[[nodiscard]] std::string sign_claims(Services& services, FlatJsonWriter&& claims,
                                      TokenType type = TokenType::AccessToken,
                                      SigningAlgorithm algorithm = SigningAlgorithm::Es256);

/// Reads tokens for one decision: keeps up with the keys once, when the first good token comes, or
/// one of a key that is not known here; so a retired key is refused at once (rule R6) and one made
/// in an emergency is known at once. No stranger makes us ask the database for that but every few
/// seconds. Not within a transaction.
class SignedTokenReader {
 public:
  explicit SignedTokenReader(Services& services) : services_(services) {}
  /// The claims of a token of this type that one of our signing keys signed; none for all else. NOT
  /// checked: any claim.
  [[nodiscard]] std::optional<FlatJson> read(std::string_view token,
                                             TokenType type = TokenType::AccessToken);

 private:
  /// True when the keys were loaded again.
  bool keep_up();
  void look_for_new_keys();

  Services& services_;
  bool kept_up_ = false;
};
/// The same of one.
[[nodiscard]] std::optional<FlatJson> read_any_signed_claims(
    Services& services, std::string_view token, TokenType type = TokenType::AccessToken);

/// Whether they are from this installation, for itself: `iss` and `aud`.
[[nodiscard]] bool are_for_ourselves(const Services& services, const FlatJson& claims);
/// Those that are. NOT checked: the kind, any time.
[[nodiscard]] std::optional<FlatJson> read_signed_claims(Services& services,
                                                         std::string_view token);

/// A NumericDate (RFC 7519 section 2); none where there is none that we can have written.
[[nodiscard]] std::optional<Instant> claimed_time(const FlatJson& claims, std::string_view name);

}  // namespace postern::domain

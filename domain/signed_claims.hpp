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

/// Reads tokens for one decision: keeps up with the keys once, when the first good token comes, so
/// that a key which was retired is refused at once (rule R6) and no stranger makes us ask the
/// database. Not within a transaction.
class SignedTokenReader {
 public:
  explicit SignedTokenReader(Services& services) : services_(services) {}
  /// The claims of a token of this type that one of our signing keys signed; none for all else. NOT
  /// checked: any claim.
  [[nodiscard]] std::optional<FlatJson> read(std::string_view token,
                                             TokenType type = TokenType::AccessToken);

 private:
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

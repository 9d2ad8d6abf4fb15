#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace postern::domain {

/// What our signatures are made with (RFC 7518 section 3.1). The names are stored.
enum class SigningAlgorithm {
  Es256,  ///< all that we check ourselves: small and quick
  Rs256   ///< what every OpenID Connect client understands (Discovery 1.0 section 3)
};
inline constexpr std::array kSigningAlgorithms{SigningAlgorithm::Es256, SigningAlgorithm::Rs256};
[[nodiscard]] std::string_view name_of(SigningAlgorithm algorithm);  ///< ES256, RS256
[[nodiscard]] std::optional<SigningAlgorithm> signing_algorithm(std::string_view name);

/// What a token is, as its header's `typ` says. A token of one type is never taken for another
/// (RFC 8725 section 3.11, rule R10).
enum class TokenType {
  AccessToken,  ///< at+jwt (RFC 9068); all tokens that are for ourselves
  IdToken,      ///< JWT (OpenID Connect Core 1.0)
  LogoutToken   ///< logout+jwt (OpenID Connect Back-Channel Logout 1.0)
};
inline constexpr std::array kTokenTypes{TokenType::AccessToken, TokenType::IdToken,
                                        TokenType::LogoutToken};
[[nodiscard]] std::string_view name_of(TokenType type);  ///< at+jwt, …

/// Whether keys of this algorithm sign such tokens. Access tokens are ES256 alone.
[[nodiscard]] bool may_sign(SigningAlgorithm algorithm, TokenType type);

}  // namespace postern::domain

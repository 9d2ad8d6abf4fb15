#include "domain/signing_algorithm.hpp"

namespace postern::domain {

std::string_view name_of(SigningAlgorithm algorithm) {
  return algorithm == SigningAlgorithm::Rs256 ? "RS256" : "ES256";
}

std::optional<SigningAlgorithm> signing_algorithm(std::string_view name) {
  for (const auto algorithm : kSigningAlgorithms) {
    if (name == name_of(algorithm)) return algorithm;
  }
  return {};
}

std::string_view name_of(TokenType type) {
  switch (type) {
    case TokenType::AccessToken:
      return "at+jwt";
    case TokenType::IdToken:
      return "JWT";
    case TokenType::LogoutToken:
      return "logout+jwt";
  }
  return {};
}

bool may_sign(SigningAlgorithm algorithm, TokenType type) {
  return algorithm == SigningAlgorithm::Es256 || type != TokenType::AccessToken;
}

}  // namespace postern::domain

#include "domain/signing_key.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace postern::domain {
namespace {

bool is_kid(std::string_view text) {
  return text.size() == 2 * kKidBytes &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string header_text(SigningAlgorithm algorithm, std::string_view kid, TokenType type) {
  std::string text(R"({"alg":")");
  text.append(name_of(algorithm)).append(R"(","kid":")").append(kid);
  text.append(R"(","typ":")").append(name_of(type)).append(R"("})");
  return text;
}

std::size_t kid_begin(SigningAlgorithm algorithm) {
  return header_text(algorithm, "\n", TokenType::IdToken).find('\n');
}

}  // namespace

SigningKey::SigningKey(std::string kid, SigningAlgorithm algorithm, Secret der, const Span& span)
    : kid_(std::move(kid)), algorithm_(algorithm), der_(std::move(der)), span_(span) {
  if (!is_kid(kid_)) throw std::runtime_error("a signing key has a malformed kid");
  for (const auto type : kTokenTypes) {
    if (!may_sign(algorithm_, type)) continue;
    headers_.at(static_cast<std::size_t>(type)) =
        base64url_encode(as_bytes(header_text(algorithm_, kid_, type)));
  }
}

bool SigningKey::lives_at(Instant now) const {
  return !span_.verify_until || now < *span_.verify_until;
}

bool SigningKey::signs_at(Instant now) const {
  return span_.sign_after <= now && lives_at(now);
}

const std::string& SigningKey::header(TokenType type) const {
  return headers_.at(static_cast<std::size_t>(type));
}

const SigningKey::Parsed& SigningKey::parsed() const {
  if (!parsed_) {
    const auto der = as_bytes(der_.reveal());
    if (algorithm_ == SigningAlgorithm::Es256) {
      parsed_.emplace(Es256Key::from_der(der));
    } else {
      parsed_.emplace(Rs256Key::from_der(der));
    }
    der_ = Secret();
  }
  return *parsed_;
}

Bytes SigningKey::sign(std::string_view message) const {
  return std::visit(
      [&](const auto& key) {
        const auto signature = key.sign(message);
        return Bytes(signature.begin(), signature.end());
      },
      parsed());
}

bool SigningKey::verify(std::string_view message, ByteView signature) const {
  return std::visit([&](const auto& key) { return key.verify(message, signature); }, parsed());
}

PublicKey SigningKey::public_half() const {
  return std::visit([&](const auto& key) { return public_half_of(kid_, key); }, parsed());
}

PublicKey public_half_of(std::string_view kid, const Es256Key& key) {
  PublicKey half{std::string(kid), SigningAlgorithm::Es256};
  half.x = base64url_encode(key.x());
  half.y = base64url_encode(key.y());
  return half;
}

PublicKey public_half_of(std::string_view kid, const Rs256Key& key) {
  PublicKey half{std::string(kid), SigningAlgorithm::Rs256};
  half.n = base64url_encode(key.n());
  half.e = base64url_encode(key.e());
  return half;
}

bool is_our_header(std::string_view segment) {
  const auto bytes = base64url_decode(segment);
  if (!bytes) return false;
  const std::string text(bytes->begin(), bytes->end());
  for (const auto algorithm : kSigningAlgorithms) {
    if (text.size() < kid_begin(algorithm)) continue;
    const auto kid = text.substr(kid_begin(algorithm), 2 * kKidBytes);
    if (!is_kid(kid)) continue;
    if (std::any_of(kTokenTypes.begin(), kTokenTypes.end(), [&](TokenType type) {
          return may_sign(algorithm, type) && text == header_text(algorithm, kid, type);
        })) {
      return true;
    }
  }
  return false;
}

}  // namespace postern::domain

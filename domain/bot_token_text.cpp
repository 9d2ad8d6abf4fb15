#include "domain/bot_token_text.hpp"

#include "domain/bot_token.hpp"
#include "domain/flat_json.hpp"

namespace postern::domain {
namespace {

/// base64url of {"alg":"HS256","typ":"JWT"}, and the dot behind it.
constexpr std::string_view kStart = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.";
constexpr std::size_t kLongestToken = 1024;
constexpr std::size_t kSignature = 43;  ///< 32 bytes in base64url

/// Under any key of the ring: a token may be older than the present one. All are tried, whichever
/// fits.
bool is_signed_by(const KeyRing& ring, std::string_view text, ByteView signature) {
  constexpr int kLargestKeyId = 255;
  bool fits = false;
  for (int id = 1; id <= kLargestKeyId; ++id) {
    const auto key = static_cast<std::uint8_t>(id);
    if (!ring.has(key)) continue;
    const Digest mac = ring.mac(KeyPurpose::BotToken, key, as_bytes(text));
    fits = constant_time_equal(mac, signature) || fits;
  }
  return fits;
}

}  // namespace

Secret sign_bot_token(const KeyRing& ring, std::string_view claims) {
  std::string token(kStart);
  token += base64url_encode(as_bytes(claims));
  const Digest mac = ring.mac(KeyPurpose::BotToken, ring.current_id(), as_bytes(token));
  token += '.';
  token += base64url_encode(mac);
  return Secret(std::move(token));
}

Digest hash_bot_token(const KeyRing& ring, std::uint8_t key_id, std::string_view token) {
  return ring.mac(KeyPurpose::ApiKeyHash, key_id, as_bytes(token));
}

bool looks_like_bot_token(std::string_view text) {
  return text.starts_with(kStart);
}

Result<BotTokenClaims> read_bot_token(const KeyRing& ring, std::string_view text) {
  if (!looks_like_bot_token(text) || text.size() > kLongestToken) return Errc::TokenInvalid;
  const auto dot = text.find('.', kStart.size());
  if (dot == std::string_view::npos || text.size() - dot - 1 != kSignature)
    return Errc::TokenInvalid;
  const auto signature = base64url_decode(text.substr(dot + 1));
  if (!signature || signature->size() != sizeof(Digest)) return Errc::TokenInvalid;
  if (!is_signed_by(ring, text.substr(0, dot), *signature)) return Errc::TokenInvalid;

  const auto payload = base64url_decode(text.substr(kStart.size(), dot - kStart.size()));
  if (!payload) return Errc::TokenInvalid;
  const auto claims = FlatJson::parse(std::string(payload->begin(), payload->end()));
  if (!claims) return Errc::TokenInvalid;
  const auto key = KeyId::parse(claims->text("jti").value_or(""));
  const auto account = AccountId::parse(claims->text("sub").value_or(""));
  if (!key || !account || claims->text("type") != "access") return Errc::TokenInvalid;
  return BotTokenClaims{*key, *account};
}

}  // namespace postern::domain

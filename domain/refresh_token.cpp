#include "domain/refresh_token.hpp"

#include <algorithm>
#include <limits>

#include "domain/api_key.hpp"

namespace postern::domain {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kBody = 26;
constexpr std::size_t kMac = 16;
constexpr std::size_t kEncoded = 56;
constexpr std::size_t kChecksum = 6;
/// The database counts in signed 64 bits.
constexpr std::uint64_t kLargestCounter = std::numeric_limits<std::int64_t>::max();

Bytes authenticated_bytes(const KeyRing& ring, const RefreshToken& token) {
  Bytes bytes{kVersion, token.key_id};
  bytes.reserve(kBody + kMac);
  bytes.insert(bytes.end(), token.session.uuid.bytes.begin(), token.session.uuid.bytes.end());
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(token.counter >> shift));
  }
  const Digest mac = ring.mac(KeyPurpose::RefreshMac, token.key_id, bytes);
  bytes.insert(bytes.end(), mac.begin(), mac.begin() + kMac);
  return bytes;
}

RefreshToken read_fields(const Bytes& bytes) {
  RefreshToken token;
  token.key_id = bytes[1];
  std::copy_n(bytes.begin() + 2, token.session.uuid.bytes.size(), token.session.uuid.bytes.begin());
  for (std::size_t i = 18; i < kBody; ++i) token.counter = token.counter << 8U | bytes[i];
  return token;
}

/// Tells a client that mixed up its own credentials what it did. Nothing else hangs on it.
Errc refusal_for(std::string_view text) {
  const bool jwt = text.starts_with("eyJ") && std::count(text.begin(), text.end(), '.') == 2;
  return jwt || parse_key_text(text) ? Errc::TokenWrongKind : Errc::RefreshInvalid;
}

}  // namespace

Secret encode_refresh_token(const KeyRing& ring, const RefreshToken& token) {
  std::string text(kRefreshPrefix);
  text += base64url_encode(authenticated_bytes(ring, token));
  text += checksum6(text);
  return Secret(std::move(text));
}

Result<RefreshToken> decode_refresh_token(const KeyRing& ring, std::string_view text) {
  if (text.size() != kRefreshTokenLength || !text.starts_with(kRefreshPrefix)) {
    return refusal_for(text);
  }
  if (checksum6(text.substr(0, text.size() - kChecksum)) != text.substr(text.size() - kChecksum)) {
    return Errc::RefreshInvalid;
  }
  const auto bytes = base64url_decode(text.substr(kRefreshPrefix.size(), kEncoded));
  if (!bytes || bytes->size() != kBody + kMac || bytes->front() != kVersion) {
    return Errc::RefreshInvalid;
  }
  const RefreshToken token = read_fields(*bytes);
  if (!ring.has(token.key_id) || token.counter > kLargestCounter) return Errc::RefreshInvalid;
  if (!constant_time_equal(*bytes, authenticated_bytes(ring, token))) return Errc::RefreshInvalid;
  return token;
}

}  // namespace postern::domain

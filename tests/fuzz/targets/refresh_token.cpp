#include "domain/refresh_token.hpp"

#include <algorithm>
#include <cstring>

#include "tests/fuzz/offline_world.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {

/// A text that is taken for a refresh token, and the bytes of one of ours: 16 of the session, 8 of
/// the counter, then which character of the token becomes which. Only what we made is good (R1).
bool refresh_token(std::string_view input) {
  const auto& ring = offline_world().ring;
  const auto decoded = domain::decode_refresh_token(ring, input);
  promise(!decoded || domain::encode_refresh_token(ring, *decoded).reveal() == input,
          "each token has one spelling");
  std::array<unsigned char, 26> bytes{};
  std::memcpy(bytes.data(), input.data(), std::min(input.size(), bytes.size()));
  domain::RefreshToken token{.session = {}, .counter = 0, .key_id = 1};
  std::copy_n(bytes.begin(), 16, token.session.uuid.bytes.begin());
  std::memcpy(&token.counter, &bytes[16], sizeof token.counter);
  token.counter >>= 1U;  // a bigint's
  const auto encoded = domain::encode_refresh_token(ring, token);
  std::string text(encoded.reveal());
  const auto same = domain::decode_refresh_token(ring, text);
  promise(same && same->session == token.session && same->counter == token.counter &&
              same->key_id == token.key_id,
          "what is encoded is decoded");
  auto& changed = text[bytes[24] % text.size()];
  const auto other = static_cast<char>(bytes[25]);
  promise(changed == other || (changed = other, !domain::decode_refresh_token(ring, text)),
          "and changed by nobody");
  return decoded.ok();
}

}  // namespace postern::fuzz

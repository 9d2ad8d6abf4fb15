#include "domain/signing_keys.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "domain/es256.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kKidBytes = 8;
/// Well above an access token with a hundred scopes; web servers take headers of 8 KiB.
constexpr std::size_t kLongestToken = 8192;
constexpr std::string_view kHeaderStart = R"({"alg":"ES256","kid":")";
constexpr std::array<std::string_view, 3> kHeaderEnds{R"(","typ":"at+jwt"})", R"(","typ":"JWT"})",
                                                      R"(","typ":"logout+jwt"})"};  // by TokenType

/// Newest first; far more keys than rotation ever keeps.
constexpr Statement kLoadSigningKeys{"load_signing_keys", R"sql(
  select kid, sealed_key, postern.micros(sign_after), postern.micros(verify_until)
  from postern.signing_key
  where verify_until is null or verify_until > $1
  order by sign_after desc, kid
  limit 32
)sql"};

constexpr Statement kInsertSigningKey{"insert_signing_key", R"sql(
  insert into postern.signing_key (kid, public_x, public_y, sealed_key, created_at, sign_after)
  values ($1, $2, $3, $4, $5, $6)
)sql"};

std::string seal_context(std::string_view kid) {
  return "signing_key:" + std::string(kid);
}

using Headers = std::array<std::string, kHeaderEnds.size()>;

/// The first segments of all tokens that a key signs.
Headers header_segments(std::string_view kid) {
  Headers headers;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    std::string text(kHeaderStart);
    text.append(kid).append(kHeaderEnds[i]);
    headers[i] = base64url_encode(as_bytes(text));
  }
  return headers;
}

bool is_kid(std::string_view text) {
  return text.size() == 2 * kKidBytes &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

struct LoadedKey {
  std::string kid;
  Headers headers;  ///< by TokenType
  Es256Key key;
  Instant sign_after;
  std::optional<Instant> verify_until;

  [[nodiscard]] bool lives_at(Instant now) const { return !verify_until || now < *verify_until; }
  [[nodiscard]] const std::string& header(TokenType type) const {
    return headers.at(static_cast<std::size_t>(type));
  }
};

LoadedKey open_key(const Row& row, const KeyRing& ring) {
  const std::string& kid = row.text(0);
  if (!is_kid(kid)) throw std::runtime_error("a signing key has a malformed kid");
  auto der = ring.open(seal_context(kid), row.bytes(1));
  if (!der.ok()) {
    throw std::runtime_error("signing key " + kid + " was sealed under another master key");
  }
  LoadedKey loaded{kid, header_segments(kid), Es256Key::from_der(*der), row.instant(2),
                   row.instant_or_null(3)};
  sodium_memzero(der->data(), der->size());
  return loaded;
}

struct Segments {
  std::string_view header, payload, signature, signed_part;
};

std::optional<Segments> split(std::string_view token) {
  if (token.size() > kLongestToken) return {};
  const auto first = token.find('.');
  if (first == std::string_view::npos) return {};
  const auto second = token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return {};
  }
  return Segments{token.substr(0, first), token.substr(first + 1, second - first - 1),
                  token.substr(second + 1), token.substr(0, second)};
}

/// Whether a header differs from ours in nothing but the kid.
bool is_our_header(std::string_view segment) {
  const auto bytes = base64url_decode(segment);
  if (!bytes) return false;
  std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  if (!text.starts_with(kHeaderStart)) return false;
  text.remove_prefix(kHeaderStart.size());
  const auto kid = text.substr(0, 2 * kKidBytes);
  if (!is_kid(kid)) return false;
  const auto end = text.substr(kid.size());
  return std::find(kHeaderEnds.begin(), kHeaderEnds.end(), end) != kHeaderEnds.end();
}

}  // namespace

struct SigningKeys::Impl {
  std::vector<LoadedKey> keys;
  std::optional<Instant> loaded_at;
  std::optional<std::uint64_t> state;  ///< keep_up()
  Instant now;

  [[nodiscard]] bool loaded_within(seconds age, Instant when) const {
    return loaded_at && when >= *loaded_at && when < *loaded_at + age;
  }

  [[nodiscard]] const LoadedKey* signer() const {
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const LoadedKey& key) {
      return key.sign_after <= now && key.lives_at(now);
    });
    return found == keys.end() ? nullptr : &*found;
  }
  [[nodiscard]] const LoadedKey* find(std::string_view header, TokenType type) const {
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const LoadedKey& key) {
      return key.header(type) == header && key.lives_at(now);
    });
    return found == keys.end() ? nullptr : &*found;
  }
  [[nodiscard]] bool knows(std::string_view header) const {
    return std::any_of(keys.begin(), keys.end(), [&](const LoadedKey& key) {
      return std::find(key.headers.begin(), key.headers.end(), header) != key.headers.end();
    });
  }
};

SigningKeys::SigningKeys() : impl_(std::make_unique<Impl>()) {}
SigningKeys::~SigningKeys() = default;
SigningKeys::SigningKeys(SigningKeys&&) noexcept = default;
SigningKeys& SigningKeys::operator=(SigningKeys&&) noexcept = default;

void SigningKeys::load(Executor& database, const KeyRing& ring, Instant now) {
  Impl fresh;
  fresh.loaded_at = now;
  fresh.now = now;
  fresh.state = impl_->state;
  for (const auto& row : database.run(kLoadSigningKeys, {now})) {
    fresh.keys.push_back(open_key(row, ring));
  }
  *impl_ = std::move(fresh);
}

bool SigningKeys::reload(Executor& database, const KeyRing& ring, Instant now) {
  impl_->now = now;
  if (impl_->loaded_within(kReloadInterval, now)) return false;
  load(database, ring, now);
  return true;
}

bool SigningKeys::ready() const {
  return impl_->signer() != nullptr;
}

void SigningKeys::set_time(Instant now) {
  impl_->now = now;
}

bool SigningKeys::keep_up(Executor& database, const KeyRing& ring, Instant now,
                          std::optional<std::uint64_t> state) {
  impl_->now = now;
  if (state && impl_->state == state && impl_->loaded_within(kKeptFor, now)) return false;
  load(database, ring, now);
  impl_->state = state;
  return true;
}

std::string SigningKeys::create(Executor& database, const KeyRing& ring, Random& random,
                                Instant now, std::optional<Instant> sign_after) {
  std::array<std::uint8_t, kKidBytes> id{};
  random.fill(id);
  auto kid = hex_encode(id);
  const auto key = Es256Key::generate();
  Bytes der = key.private_der();
  const Bytes sealed = ring.seal(seal_context(kid), der, random);
  sodium_memzero(der.data(), der.size());
  database.run(kInsertSigningKey, {kid, base64url_encode(key.x()), base64url_encode(key.y()),
                                   sealed, now, sign_after.value_or(now)});
  return kid;
}

std::string SigningKeys::sign(std::string_view payload, TokenType type) const {
  const auto* signer = impl_->signer();
  if (signer == nullptr) throw std::runtime_error("there is no signing key");
  std::string token = signer->header(type);
  token.append(".").append(base64url_encode(as_bytes(payload)));
  const auto signature = signer->key.sign(token);
  token.append(".").append(base64url_encode(signature));
  return token;
}

Result<std::string> SigningKeys::verify(std::string_view token, TokenType type) const {
  const auto segments = split(token);
  if (!segments) return Errc::TokenInvalid;
  const auto* key = impl_->find(segments->header, type);
  if (key == nullptr) return Errc::TokenInvalid;
  const auto signature = base64url_decode(segments->signature);
  if (!signature || !key->key.verify(segments->signed_part, *signature)) return Errc::TokenInvalid;
  const auto payload = base64url_decode(segments->payload);
  if (!payload) return Errc::TokenInvalid;
  return std::string(payload->begin(), payload->end());
}

bool SigningKeys::names_unknown_key(std::string_view token) const {
  const auto segments = split(token);
  return segments && !impl_->knows(segments->header) && is_our_header(segments->header);
}

std::vector<PublicKey> SigningKeys::public_keys() const {
  std::vector<PublicKey> keys;
  for (const auto& loaded : impl_->keys) {
    if (!loaded.lives_at(impl_->now)) continue;
    keys.push_back(
        {loaded.kid, base64url_encode(loaded.key.x()), base64url_encode(loaded.key.y())});
  }
  return keys;
}

}  // namespace postern::domain

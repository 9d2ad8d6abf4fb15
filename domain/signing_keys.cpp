#include "domain/signing_keys.hpp"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "domain/es256.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kKidBytes = 8;
constexpr std::size_t kLongestToken = 4096;
constexpr std::string_view kHeaderStart = R"({"alg":"ES256","kid":")";
constexpr std::string_view kHeaderEnd = R"(","typ":"at+jwt"})";

/// Newest first; far more keys than rotation ever keeps.
constexpr Statement kLoadSigningKeys{"load_signing_keys", R"sql(
  select kid, sealed_key, sign_after <= $1
  from postern.signing_key
  where verify_until is null or verify_until > $1
  order by sign_after desc, kid
  limit 32
)sql"};

constexpr Statement kInsertSigningKey{"insert_signing_key", R"sql(
  insert into postern.signing_key (kid, public_x, public_y, sealed_key, created_at, sign_after)
  values ($1, $2, $3, $4, $5, $5)
)sql"};

std::string seal_context(std::string_view kid) {
  return "signing_key:" + std::string(kid);
}

std::string header_segment(std::string_view kid) {
  std::string text(kHeaderStart);
  text.append(kid).append(kHeaderEnd);
  return base64url_encode(as_bytes(text));
}

bool is_kid(std::string_view text) {
  return text.size() == 2 * kKidBytes &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

struct LoadedKey {
  std::string kid;
  std::string header;  ///< the segment of every token it signs
  Es256Key key;
};

LoadedKey open_key(const Row& row, const KeyRing& ring) {
  const std::string& kid = row.text(0);
  if (!is_kid(kid)) throw std::runtime_error("a signing key has a malformed kid");
  auto der = ring.open(seal_context(kid), row.bytes(1));
  if (!der.ok()) {
    throw std::runtime_error("signing key " + kid + " was sealed under another master key");
  }
  LoadedKey loaded{kid, header_segment(kid), Es256Key::from_der(*der)};
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

/// The kid of a header that differs from ours in nothing but it.
std::optional<std::string> kid_of(std::string_view header) {
  const auto bytes = base64url_decode(header);
  if (!bytes) return {};
  std::string text(bytes->begin(), bytes->end());
  if (text.size() != kHeaderStart.size() + 2 * kKidBytes + kHeaderEnd.size()) return {};
  if (!text.starts_with(kHeaderStart) || !text.ends_with(kHeaderEnd)) return {};
  auto kid = text.substr(kHeaderStart.size(), 2 * kKidBytes);
  return is_kid(kid) ? std::optional(std::move(kid)) : std::nullopt;
}

}  // namespace

struct SigningKeys::Impl {
  std::vector<LoadedKey> keys;
  std::optional<std::size_t> signer;
  std::optional<Instant> loaded_at;

  [[nodiscard]] const LoadedKey* find(std::string_view header) const {
    const auto found = std::find_if(keys.begin(), keys.end(),
                                    [&](const LoadedKey& key) { return key.header == header; });
    return found == keys.end() ? nullptr : &*found;
  }
};

SigningKeys::SigningKeys() : impl_(std::make_unique<Impl>()) {}
SigningKeys::~SigningKeys() = default;
SigningKeys::SigningKeys(SigningKeys&&) noexcept = default;
SigningKeys& SigningKeys::operator=(SigningKeys&&) noexcept = default;

void SigningKeys::load(Executor& database, const KeyRing& ring, Instant now) {
  Impl fresh;
  fresh.loaded_at = now;
  for (const auto& row : database.run(kLoadSigningKeys, {now})) {
    if (!fresh.signer && row.boolean(2)) fresh.signer = fresh.keys.size();
    fresh.keys.push_back(open_key(row, ring));
  }
  *impl_ = std::move(fresh);
}

bool SigningKeys::reload(Executor& database, const KeyRing& ring, Instant now) {
  const auto last = impl_->loaded_at;
  if (last && now >= *last && now < *last + kReloadInterval) return false;
  load(database, ring, now);
  return true;
}

bool SigningKeys::ready() const {
  return impl_->signer.has_value();
}

std::string SigningKeys::create(Executor& database, const KeyRing& ring, Random& random,
                                Instant now) {
  std::array<std::uint8_t, kKidBytes> id{};
  random.fill(id);
  auto kid = hex_encode(id);
  const auto key = Es256Key::generate();
  Bytes der = key.private_der();
  const Bytes sealed = ring.seal(seal_context(kid), der, random);
  sodium_memzero(der.data(), der.size());
  database.run(kInsertSigningKey,
               {kid, base64url_encode(key.x()), base64url_encode(key.y()), sealed, now});
  return kid;
}

std::string SigningKeys::sign(std::string_view payload) const {
  if (!impl_->signer) throw std::runtime_error("there is no signing key");
  const auto& signer = impl_->keys[*impl_->signer];
  std::string token = signer.header;
  token.append(".").append(base64url_encode(as_bytes(payload)));
  const auto signature = signer.key.sign(token);
  token.append(".").append(base64url_encode(signature));
  return token;
}

Result<std::string> SigningKeys::verify(std::string_view token) const {
  const auto segments = split(token);
  if (!segments) return Errc::TokenInvalid;
  const auto* key = impl_->find(segments->header);
  if (key == nullptr) return Errc::TokenInvalid;
  const auto signature = base64url_decode(segments->signature);
  if (!signature || !key->key.verify(segments->signed_part, *signature)) return Errc::TokenInvalid;
  const auto payload = base64url_decode(segments->payload);
  if (!payload) return Errc::TokenInvalid;
  return std::string(payload->begin(), payload->end());
}

bool SigningKeys::names_unknown_key(std::string_view token) const {
  const auto segments = split(token);
  if (!segments || impl_->find(segments->header) != nullptr) return false;
  return kid_of(segments->header).has_value();
}

std::vector<PublicKey> SigningKeys::public_keys() const {
  std::vector<PublicKey> keys;
  for (const auto& loaded : impl_->keys) {
    keys.push_back(
        {loaded.kid, base64url_encode(loaded.key.x()), base64url_encode(loaded.key.y())});
  }
  return keys;
}

}  // namespace postern::domain

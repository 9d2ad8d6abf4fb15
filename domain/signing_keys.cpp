#include "domain/signing_keys.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "domain/signing_key.hpp"

namespace postern::domain {
namespace {

/// Well above an access token with a hundred scopes; web servers take headers of 8 KiB.
constexpr std::size_t kLongestToken = 8192;

/// Newest first; far more keys than rotation ever keeps.
constexpr Statement kLoadSigningKeys{"load_signing_keys", R"sql(
  select kid, sealed_key, postern.micros(sign_after), postern.micros(verify_until), alg
  from postern.signing_key
  where verify_until is null or verify_until > $1
  order by sign_after desc, kid
  limit 32
)sql"};

constexpr Statement kInsertSigningKey{"insert_signing_key", R"sql(
  insert into postern.signing_key (kid, alg, public_x, public_y, public_n, public_e, sealed_key,
    created_at, sign_after)
  values ($1, $2, nullif($3, ''), nullif($4, ''), nullif($5, ''), nullif($6, ''), $7, $8, $9)
)sql"};

std::string seal_context(std::string_view kid) {
  return "signing_key:" + std::string(kid);
}

SigningKey open_key(const Row& row, const KeyRing& ring) {
  const std::string& kid = row.text(0);
  const auto algorithm = signing_algorithm(row.text(4));
  if (!algorithm) throw std::runtime_error("signing key " + kid + " is of a kind that is unknown");
  auto der = ring.open(seal_context(kid), row.bytes(1));
  if (!der.ok()) {
    throw std::runtime_error("signing key " + kid + " was sealed under another master key");
  }
  Secret secret(std::string(der->begin(), der->end()));
  sodium_memzero(der->data(), der->size());
  return {kid, *algorithm, std::move(secret), {row.instant(2), row.instant_or_null(3)}};
}

/// A private half (PKCS#8) with its public one.
struct NewKey {
  Bytes der;
  PublicKey half;
};

template <class Key>
NewKey make_key(std::string_view kid) {
  const auto key = Key::generate();
  return {key.private_der(), public_half_of(kid, key)};
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

/// A clock that was set back makes it false.
bool is_within(seconds age, const std::optional<Instant>& when, Instant now) {
  return when && now >= *when && now < *when + age;
}

}  // namespace

struct SigningKeys::Impl {
  std::vector<SigningKey> keys;
  std::optional<Instant> loaded_at;
  std::optional<Instant> reloaded_at;  ///< reload()
  std::optional<std::uint64_t> state;  ///< keep_up()
  Instant now;

  [[nodiscard]] const SigningKey* signer(SigningAlgorithm algorithm) const {
    return first(
        [&](const SigningKey& key) { return key.algorithm() == algorithm && key.signs_at(now); });
  }
  [[nodiscard]] const SigningKey* find(std::string_view header, TokenType type) const {
    if (header.empty()) return nullptr;
    return first(
        [&](const SigningKey& key) { return key.header(type) == header && key.lives_at(now); });
  }
  [[nodiscard]] bool knows(std::string_view header) const {
    return std::any_of(kTokenTypes.begin(), kTokenTypes.end(), [&](TokenType type) {
      return first([&](const SigningKey& key) { return key.header(type) == header; }) != nullptr;
    });
  }

 private:
  template <class Condition>
  [[nodiscard]] const SigningKey* first(Condition condition) const {
    const auto found = std::find_if(keys.begin(), keys.end(), condition);
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
  fresh.now = now;
  fresh.reloaded_at = impl_->reloaded_at;
  fresh.state = impl_->state;
  for (const auto& row : database.run(kLoadSigningKeys, {now})) {
    fresh.keys.push_back(open_key(row, ring));
  }
  *impl_ = std::move(fresh);
}

bool SigningKeys::reload(Executor& database, const KeyRing& ring, Instant now) {
  impl_->now = now;
  if (is_within(kReloadInterval, impl_->reloaded_at, now)) return false;
  load(database, ring, now);
  impl_->reloaded_at = now;
  return true;
}

bool SigningKeys::ready(SigningAlgorithm algorithm) const {
  return impl_->signer(algorithm) != nullptr;
}

void SigningKeys::set_time(Instant now) {
  impl_->now = now;
}

bool SigningKeys::keep_up(Executor& database, const KeyRing& ring, Instant now,
                          std::optional<std::uint64_t> state) {
  impl_->now = now;
  if (state && impl_->state == state && is_within(kKeptFor, impl_->loaded_at, now)) return false;
  load(database, ring, now);
  impl_->state = state;
  return true;
}

std::string SigningKeys::create(Executor& database, const KeyRing& ring, Random& random,
                                Instant now, std::optional<Instant> sign_after,
                                SigningAlgorithm algorithm) {
  std::array<std::uint8_t, kKidBytes> id{};
  random.fill(id);
  auto kid = hex_encode(id);
  auto key =
      algorithm == SigningAlgorithm::Es256 ? make_key<Es256Key>(kid) : make_key<Rs256Key>(kid);
  const Bytes sealed = ring.seal(seal_context(kid), key.der, random);
  sodium_memzero(key.der.data(), key.der.size());
  database.run(kInsertSigningKey, {kid, name_of(algorithm), key.half.x, key.half.y, key.half.n,
                                   key.half.e, sealed, now, sign_after.value_or(now)});
  return kid;
}

std::string SigningKeys::sign(std::string_view payload, TokenType type,
                              SigningAlgorithm algorithm) const {
  const auto* signer = may_sign(algorithm, type) ? impl_->signer(algorithm) : nullptr;
  if (signer == nullptr) {
    throw std::runtime_error("there is no signing key of " + std::string(name_of(algorithm)));
  }
  std::string token = signer->header(type);
  token.append(".").append(base64url_encode(as_bytes(payload)));
  const auto signature = signer->sign(token);
  token.append(".").append(base64url_encode(signature));
  return token;
}

Result<std::string> SigningKeys::verify(std::string_view token, TokenType type) const {
  const auto segments = split(token);
  if (!segments) return Errc::TokenInvalid;
  const auto* key = impl_->find(segments->header, type);
  if (key == nullptr) return Errc::TokenInvalid;
  const auto signature = base64url_decode(segments->signature);
  if (!signature || !key->verify(segments->signed_part, *signature)) return Errc::TokenInvalid;
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
    keys.push_back(loaded.public_half());
  }
  return keys;
}

}  // namespace postern::domain

#include "bench/micro/world.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace postern::bench {
namespace {

using domain::Bytes;

constexpr const char* kKid = "0123456789abcdef";
constexpr std::size_t kScalar = 32;

/// PKCS#8 (RFC 5208) around an ECPrivateKey (RFC 5915) on P-256 without its public half, up to the
/// scalar.
constexpr std::array<std::uint8_t, 35> kKeyOpening{
    0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48,
    0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03,
    0x01, 0x07, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20};

Bytes key_der(domain::Random& random) {
  Bytes der(kKeyOpening.begin(), kKeyOpening.end());
  der.resize(kKeyOpening.size() + kScalar);
  random.fill(std::span(der).last(kScalar));
  der[kKeyOpening.size()] &= 0x7F;  // below the order of the curve
  return der;
}

/// Answers the one question of SigningKeys::load().
class OneSigningKey final : public domain::Executor {
 public:
  explicit OneSigningKey(const Bytes& sealed)
      : row_({kKid, "\\x" + domain::hex_encode(sealed), "0", std::nullopt, "ES256"}) {}
  domain::Rows run(const domain::Statement&, domain::Params) override { return {{row_}, 0}; }

 private:
  domain::Row row_;
};

domain::PasswordSettings cheap_passwords() {
  domain::PasswordSettings settings;
  settings.memory_kib = 8;
  settings.iterations = 1;
  return settings;
}

}  // namespace

std::uint64_t FixedRandom::next() {
  std::uint64_t x = state_ += 0x9E3779B97F4A7C15ULL;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ x >> 27) * 0x94D049BB133111EBULL;
  return x ^ x >> 31;
}

void FixedRandom::fill(std::span<std::uint8_t> out) {
  std::generate(out.begin(), out.end(), [this] { return static_cast<std::uint8_t>(next()); });
}

World::World()
    : ring(domain::KeyRing::parse(domain::KeyRing::make_line(1, random)).value()),
      database({.url = "postgresql:///nowhere?host=/nonexistent"}),
      passwords(cheap_passwords(), domain::HashSlots(slots)),
      services{settings, database, clock, random, ring, signing_keys, passwords, limiter} {
  const Bytes sealed = ring.seal(std::string("signing_key:") + kKid, key_der(random), random);
  OneSigningKey stored(sealed);
  signing_keys.load(stored, ring, clock.now());
  // A key is parsed when it is first used.
  static_cast<void>(signing_keys.sign("{}"));
}

domain::AccessClaims World::claims() {
  std::array<std::uint8_t, 16> id{};
  random.fill(id);
  return {domain::AccountId::make(clock.now(), random),
          domain::SessionId::make(clock.now(), random),
          clock.now(),
          clock.now() + settings.session(domain::SessionKind::Native).access_lifetime,
          domain::hex_encode(id),
          std::nullopt};
}

}  // namespace postern::bench

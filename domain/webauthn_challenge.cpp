#include "domain/webauthn_challenge.hpp"

#include <tuple>

#include "domain/sha256.hpp"

namespace postern::domain {
namespace {

constexpr Statement kUseUpChallenge{"use_up_challenge", R"sql(
  insert into postern.used_challenge (challenge_hash, expires_at) values ($1, $2)
  on conflict (challenge_hash) do nothing
)sql"};

// The challenge: key id, purpose, when it ends (seconds since 1970, the highest byte first), random
// bytes, and the MAC over all of them and the account.
constexpr std::size_t kTimeBytes = 8;
constexpr std::size_t kRandomBytes = 16;
constexpr std::size_t kClaimBytes = 2 + kTimeBytes + kRandomBytes;
constexpr std::size_t kChallengeBytes = kClaimBytes + std::tuple_size_v<Digest>;

Digest mac_of(const KeyRing& ring, ByteView claim, AccountId account) {
  Bytes message(claim.begin(), claim.end());
  const ByteView owner(account.uuid.bytes);
  message.insert(message.end(), owner.begin(), owner.end());
  return ring.mac(KeyPurpose::Challenge, claim[0], message);
}

Instant end_of(ByteView claim) {
  std::uint64_t ends = 0;
  for (const std::uint8_t byte : claim.subspan(2, kTimeBytes)) ends = ends << 8 | byte;
  return from_unix_seconds(static_cast<long long>(ends));
}

}  // namespace

std::string make_challenge(Services& services, AccountId account, ChallengePurpose purpose) {
  Bytes challenge{services.ring.current_id(), static_cast<std::uint8_t>(purpose)};
  const auto ends = static_cast<std::uint64_t>(
      unix_seconds(services.clock.now() + services.settings.webauthn.challenge_lifetime));
  for (int shift = 56; shift >= 0; shift -= 8) {
    challenge.push_back(static_cast<std::uint8_t>(ends >> shift & 0xff));
  }
  challenge.resize(kClaimBytes);
  services.random.fill(std::span(challenge).last(kRandomBytes));
  const Digest mac = mac_of(services.ring, challenge, account);
  challenge.insert(challenge.end(), mac.begin(), mac.end());
  return base64url_encode(challenge);
}

Result<Challenge> read_challenge(const Services& services, std::string_view text, AccountId account,
                                 ChallengePurpose purpose) {
  const auto bytes = base64url_decode(text);
  if (!bytes || bytes->size() != kChallengeBytes) return Errc::ChallengeInvalid;
  const ByteView whole(*bytes);
  const ByteView claim = whole.first(kClaimBytes);
  if (!services.ring.has(claim[0])) return Errc::ChallengeInvalid;
  if (!constant_time_equal(mac_of(services.ring, claim, account), whole.subspan(kClaimBytes))) {
    return Errc::ChallengeInvalid;
  }
  const Instant ends = end_of(claim);
  if (claim[1] != static_cast<std::uint8_t>(purpose) || ends <= services.clock.now()) {
    return Errc::ChallengeInvalid;
  }
  return Challenge{sha256(whole), ends};
}

Outcome use_up_challenge(Transaction& tx, const Challenge& challenge) {
  if (tx.run(kUseUpChallenge, {challenge.hash, challenge.expires_at}).affected != 1) {
    return Errc::ChallengeInvalid;
  }
  return done;
}

}  // namespace postern::domain

#include <array>
#include <limits>

#include "domain/external_identity.hpp"

namespace postern::domain {
namespace {

constexpr Statement kInsertAttempt{"insert_sso_attempt", R"sql(
  insert into postern.sso_attempt (state_hash, provider, sealed, created_at, expires_at)
  values ($1, $2, $3, $4, $5))sql"};

/// The state is used up by being found: of any number who bring it at once one gets the row.
constexpr Statement kTakeAttempt{"take_sso_attempt", R"sql(
  delete from postern.sso_attempt
  where state_hash = $1 and expires_at > $2
  returning provider, sealed)sql"};

constexpr std::size_t kStateBytes = 32;
constexpr std::size_t kStateLength = 43;  // of base64url

/// Sealed together with the row it stands in, so that no payload can be moved under another state.
std::string seal_context(const Digest& hash, std::string_view provider) {
  return "sso_attempt:" + hex_encode(hash) + ":" + std::string(provider);
}

std::optional<SsoAttempt> take(Services& services, const Digest& hash) {
  const Rows rows = services.database.run(kTakeAttempt, {hash, services.clock.now()});
  if (rows.empty()) return std::nullopt;
  SsoAttempt attempt;
  attempt.provider = rows.front().text(0);
  const auto plain =
      services.ring.open(seal_context(hash, attempt.provider), rows.front().bytes(1));
  if (!plain) return std::nullopt;
  attempt.payload.assign(plain->begin(), plain->end());
  return attempt;
}

}  // namespace

Secret begin_sso(Services& services, const SsoAttempt& attempt, seconds lifetime) {
  std::array<std::uint8_t, kStateBytes> random{};
  services.random.fill(random);
  Secret state(base64url_encode(random));
  const Digest hash =
      services.ring.mac(KeyPurpose::SsoState, services.ring.current_id(), as_bytes(state.reveal()));
  const Bytes sealed = services.ring.seal(seal_context(hash, attempt.provider),
                                          as_bytes(attempt.payload), services.random);
  const Instant now = services.clock.now();
  services.database.run(kInsertAttempt, {hash, attempt.provider, sealed, now, now + lifetime});
  return state;
}

Result<SsoAttempt> take_sso(Services& services, std::string_view state) {
  if (state.size() != kStateLength || !base64url_decode(state)) return Errc::LinkInvalid;
  // The row does not say which master key its hash is of: the current one, but for the minutes
  // after a new one came.
  const auto& ring = services.ring;
  const auto under = [&](std::uint8_t id) {
    return take(services, ring.mac(KeyPurpose::SsoState, id, as_bytes(state)));
  };
  if (auto found = under(ring.current_id())) return *std::move(found);
  for (int id = 1; id <= std::numeric_limits<std::uint8_t>::max(); ++id) {
    const auto other = static_cast<std::uint8_t>(id);
    if (other == ring.current_id() || !ring.has(other)) continue;
    if (auto found = under(other)) return *std::move(found);
  }
  return Errc::LinkInvalid;
}

}  // namespace postern::domain

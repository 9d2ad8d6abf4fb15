#include "domain/signing_key_rotation.hpp"

#include <algorithm>

#include "domain/audit.hpp"
#include "domain/revocation.hpp"

namespace postern::domain {
namespace {

constexpr seconds kSpare{60};  ///< clocks that are not quite the same
constexpr days kKept{30};

constexpr Statement kLockSigningKeys{"lock_signing_keys",
                                     R"sql(select pg_advisory_xact_lock(1349743700, 3))sql"};

constexpr Statement kListSigningKeys{"list_signing_keys", R"sql(
  select kid, postern.micros(created_at), postern.micros(sign_after), postern.micros(verify_until), alg
  from postern.signing_key
  order by sign_after desc, kid
)sql"};

constexpr Statement kEndSigningKeys{"end_signing_keys", R"sql(
  update postern.signing_key set verify_until = $1
  where kid <> $2 and alg = $3 and (verify_until is null or verify_until > $1)
  returning kid
)sql"};

/// Their ends are known already where there are some.
constexpr Statement kLetSigningKeysEnd{"let_signing_keys_end", R"sql(
  update postern.signing_key set verify_until = $1
  where kid <> $2 and alg = $3 and verify_until is null
)sql"};

constexpr Statement kForgetSigningKeys{"forget_signing_keys", R"sql(
  delete from postern.signing_key where verify_until <= $1
)sql"};

SigningKeyInfo read_info(const Row& row) {
  return {.kid = row.text(0),

          .algorithm = signing_algorithm(row.text(4)).value(),
          .created_at = row.instant(1),
          .sign_after = row.instant(2),
          .verify_until = row.instant_or_null(3)};
}

/// The keys that are not ended.
struct Present {
  std::optional<SigningKeyInfo> newest;  ///< signs last of its algorithm: in use, or the next
  bool has_any = false;                  ///< of any algorithm
};

Present look(Executor& executor, SigningAlgorithm algorithm) {
  Present present;
  for (const auto& row : executor.run(kListSigningKeys, {})) {
    auto info = read_info(row);
    if (info.verify_until) continue;
    present.has_any = true;
    if (info.algorithm == algorithm && !present.newest) present.newest = std::move(info);
  }
  return present;
}

bool is_due(const Present& present, const SigningSettings& settings, Instant now) {
  if (!present.newest) return present.has_any;
  return now >= present.newest->sign_after + settings.rotate_every - settings.publish_ahead;
}

void note(Transaction& tx, Services& services, AuditEvent event, const std::string& kid,
          const Origin& origin) {
  record(tx, services, {.event = event, .subject = kid}, origin);
}

SigningKeyInfo make_next(Transaction& tx, Services& services, const Origin& origin,
                         SigningAlgorithm algorithm, Instant sign_after) {
  const Instant now = services.clock.now();
  const auto kid =
      SigningKeys::create(tx, services.ring, services.random, now, sign_after, algorithm);
  const auto last_token_dies = sign_after + longest_signed_lifetime(services.settings) + kSpare;
  tx.run(kLetSigningKeysEnd, {last_token_dies, kid, name_of(algorithm)});
  note(tx, services, AuditEvent::SigningKeyCreated, kid, origin);
  return {.kid = kid,
          .algorithm = algorithm,
          .created_at = now,
          .sign_after = sign_after,
          .verify_until = {}};
}

}  // namespace

std::vector<SigningKeyInfo> list_signing_keys(Services& services) {
  std::vector<SigningKeyInfo> keys;
  for (const auto& row : services.database.run(kListSigningKeys, {})) {
    keys.push_back(read_info(row));
  }
  return keys;
}

seconds longest_signed_lifetime(const Settings& settings) {
  seconds longest{0};
  for (const auto& session : settings.sessions) {
    longest = std::max(longest, session.access_lifetime);
  }
  // Its refresh token is a signed one, too (standing_refresh.hpp).
  return std::max(longest, settings.session(SessionKind::Kitsu).idle_lifetime);
}

std::optional<std::string> rotate_signing_keys_when_due(Services& services,
                                                        SigningAlgorithm algorithm) {
  const auto& settings = services.settings.signing;
  const Instant now = services.clock.now();
  services.database.run(kForgetSigningKeys, {now - kKept});
  if (!is_due(look(services.database, algorithm), settings, now)) return {};
  using Kid = std::optional<std::string>;
  auto made = services.database.transaction([&](Transaction& tx) -> Result<Kid> {
    tx.run(kLockSigningKeys, {});
    const auto present = look(tx, algorithm);
    if (!is_due(present, settings, now)) return Kid();
    if (present.newest) {
      return Kid(make_next(tx, services, {}, algorithm, now + settings.publish_ahead).kid);
    }
    auto first = make_next(tx, services, {}, algorithm, now);
    everything_changed(tx, services);  // workers read it now
    return Kid(std::move(first.kid));
  });
  return *std::move(made);
}

Result<SigningKeyInfo> publish_next_signing_key(Services& services, const Origin& origin,
                                                SigningAlgorithm algorithm) {
  return services.database.transaction([&](Transaction& tx) -> Result<SigningKeyInfo> {
    tx.run(kLockSigningKeys, {});
    const auto last = look(tx, algorithm).newest;
    const Instant now = services.clock.now();
    if (last && last->sign_after > now) return Errc::InUse;
    return make_next(tx, services, origin, algorithm,
                     now + services.settings.signing.publish_ahead);
  });
}

KeyReplacement replace_signing_keys(Services& services, const Origin& origin,
                                    SigningAlgorithm algorithm) {
  auto replaced = services.database.transaction([&](Transaction& tx) -> Result<KeyReplacement> {
    tx.run(kLockSigningKeys, {});
    const Instant now = services.clock.now();
    KeyReplacement all{SigningKeys::create(tx, services.ring, services.random, now, now, algorithm),
                       {}};
    note(tx, services, AuditEvent::SigningKeyCreated, all.made, origin);
    for (const auto& row : tx.run(kEndSigningKeys, {now, all.made, name_of(algorithm)})) {
      all.retired.push_back(row.text(0));
      note(tx, services, AuditEvent::SigningKeyRetired, row.text(0), origin);
    }
    everything_changed(tx, services);
    return all;
  });
  return *std::move(replaced);
}

}  // namespace postern::domain

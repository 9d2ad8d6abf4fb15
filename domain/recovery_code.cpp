#include "domain/recovery_code.hpp"

#include <array>

#include "domain/audit.hpp"
#include "domain/factor_attempt.hpp"
#include "domain/factor_change.hpp"
#include "domain/totp.hpp"
#include "domain/totp_code.hpp"

namespace postern::domain {
namespace {

constexpr Statement kInsertRecoveryCode{"insert_recovery_code", R"sql(
  insert into postern.recovery_code (account_id, code_hash, hash_key_id) values ($1, $2, $3)
)sql"};

constexpr Statement kDeleteRecoveryCodes{"delete_recovery_codes", R"sql(
  delete from postern.recovery_code where account_id = $1
)sql"};

/// The codes of a set are made at once, hence under one key.
constexpr Statement kRecoveryKeys{"recovery_code_keys", R"sql(
  select distinct hash_key_id
  from postern.recovery_code
  where account_id = $1 and used_at is null
)sql"};

constexpr Statement kUseRecoveryCode{"use_recovery_code", R"sql(
  update postern.recovery_code
  set used_at = $4
  where account_id = $1 and code_hash = $2 and hash_key_id = $3 and used_at is null
)sql"};

constexpr Statement kCountRecoveryCodes{"count_recovery_codes", R"sql(
  select count(*) from postern.recovery_code where account_id = $1 and used_at is null
)sql"};

constexpr std::size_t kGroup = 4;
constexpr std::size_t kGroupedLength = 12, kPlainLength = 10;
constexpr std::uint32_t kPlainCodes = 16;
constexpr std::size_t kRandomBytes = 8;  ///< 12 letters say the first 60 of these 64 bits

Digest hash_code(const KeyRing& ring, std::uint8_t key_id, AccountId account, const Secret& code) {
  const Secret message(account.text() + ":" + std::string(code.reveal()));
  return ring.mac(KeyPurpose::RecoveryHash, key_id, as_bytes(message.reveal()));
}

/// Without the hyphens.
Secret random_code(Random& random, std::size_t length) {
  std::array<std::uint8_t, kRandomBytes> bytes{};
  random.fill(bytes);
  const Secret whole = base32_encode(Secret(std::string(bytes.begin(), bytes.end())));
  return Secret(std::string(whole.reveal().substr(0, length)));
}

Secret with_hyphens(const Secret& code) {
  std::string text;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (i != 0 && i % kGroup == 0) text += '-';
    text += code.reveal()[i];
  }
  return Secret(std::move(text));
}

/// As it was made, however it was typed; empty for what cannot be one.
Secret as_made(const Secret& typed) {
  std::string code;
  for (char c : typed.reveal()) {
    if (c == ' ' || c == '-') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    const bool known = (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7');
    if (!known || code.size() == kGroupedLength) return {};
    code += c;
  }
  const bool whole = code.size() == kGroupedLength || code.size() == kPlainLength;
  return whole ? Secret(std::move(code)) : Secret();
}

}  // namespace

std::vector<Secret> make_recovery_codes(Transaction& tx, Services& services, AccountId account,
                                        RecoveryCodeStyle style) {
  delete_recovery_codes(tx, account);
  const auto key_id = services.ring.current_id();
  const bool plain = style == RecoveryCodeStyle::Plain;
  const std::uint32_t number = plain ? kPlainCodes : services.settings.mfa.recovery_codes;
  std::vector<Secret> codes;
  for (std::uint32_t i = 0; i < number; ++i) {
    const Secret code = random_code(services.random, plain ? kPlainLength : kGroupedLength);
    tx.run(kInsertRecoveryCode, {account, hash_code(services.ring, key_id, account, code), key_id});
    codes.push_back(plain ? code : with_hyphens(code));
  }
  return codes;
}

bool use_recovery_code(Transaction& tx, Services& services, AccountId account, const Secret& code) {
  const Secret wanted = as_made(code);
  if (wanted.empty()) return false;
  for (const Row& row : tx.run(kRecoveryKeys, {account})) {
    const auto key_id = static_cast<std::uint8_t>(row.integer(0));
    if (!services.ring.has(key_id)) continue;
    const Rows used = tx.run(
        kUseRecoveryCode,
        {account, hash_code(services.ring, key_id, account, wanted), key_id, services.clock.now()});
    if (used.affected == 1) return true;
  }
  return false;
}

void delete_recovery_codes(Transaction& tx, AccountId account) {
  tx.run(kDeleteRecoveryCodes, {account});
}

std::int64_t count_recovery_codes(Executor& executor, AccountId account) {
  return executor.run(kCountRecoveryCodes, {account}).front().integer(0);
}

std::int64_t count_recovery_codes(Services& services, AccountId account) {
  return count_recovery_codes(services.database, account);
}

Result<std::vector<Secret>> renew_recovery_codes(Services& services, AccountId account,
                                                 const SecondFactor& proof, const Origin& origin,
                                                 RecoveryCodeStyle style) {
  using Codes = Result<std::vector<Secret>>;
  return with_factor_attempt(services, account, origin, [&](Transaction& tx) -> Codes {
    const auto owner = lock_factor_owner(tx, account);
    if (!owner || !owner->account.has_second_factor()) return Errc::NotEnabled;
    const auto taken = take_second_factor(tx, services, account, proof, origin);
    if (!taken) return taken.error();
    auto codes = make_recovery_codes(tx, services, account, style);
    record(tx, services,
           {.event = AuditEvent::RecoveryCodesMade,
            .account = account,
            .actor = account,
            .detail = std::to_string(codes.size())},
           origin);
    tell_factor_changed(tx, services, account, "recovery_codes", origin);
    return codes;
  });
}

}  // namespace postern::domain

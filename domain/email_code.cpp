#include "domain/email_code.hpp"

#include <algorithm>
#include <array>

#include "domain/ascii.hpp"

namespace postern::domain {
namespace {

constexpr Statement kStoreEmailCode{"store_email_code", R"sql(
  insert into postern.email_code
    (account_id, purpose, code_hash, hash_key_id, email, created_at, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (account_id, purpose) do update
    set code_hash = excluded.code_hash, hash_key_id = excluded.hash_key_id,
        email = excluded.email, created_at = excluded.created_at, expires_at = excluded.expires_at
)sql"};

constexpr Statement kEmailCodeKey{"email_code_key", R"sql(
  select hash_key_id from postern.email_code where account_id = $1 and purpose = $2
)sql"};

constexpr Statement kUseEmailCode{"use_email_code", R"sql(
  delete from postern.email_code c
  using postern.account a
  where c.account_id = $1 and c.purpose = $2 and c.code_hash = $3 and c.hash_key_id = $4
    and c.expires_at > $5 and a.id = c.account_id and a.email = c.email
)sql"};

constexpr Statement kDeleteEmailCodes{"delete_email_codes", R"sql(
  delete from postern.email_code where account_id = $1
)sql"};

constexpr std::size_t kDigits = 6;
constexpr std::uint32_t kCodes = 1'000'000;
/// The most of 32 bits that is a multiple of kCodes: what lies above would favour small codes.
constexpr std::uint32_t kFair = 4'294'000'000;

Secret random_code(Random& random) {
  std::uint32_t number = kFair;
  while (number >= kFair) {
    std::array<std::uint8_t, 4> bytes{};
    random.fill(bytes);
    number = 0;
    for (const std::uint8_t byte : bytes) number = number << 8 | byte;
  }
  std::string digits = std::to_string(number % kCodes);
  digits.insert(0, kDigits - digits.size(), '0');
  return Secret(std::move(digits));
}

/// Bound to whose it is and what for, so that no row is worth anything in another's place.
Digest hash_code(const KeyRing& ring, std::uint8_t key_id, AccountId account, CodePurpose purpose,
                 const Secret& code) {
  const Secret message(account.text() + ":" + std::to_string(static_cast<int>(purpose)) + ":" +
                       std::string(code.reveal()));
  return ring.mac(KeyPurpose::EmailCodeHash, key_id, as_bytes(message.reveal()));
}

bool is_code(std::string_view text) {
  return text.size() == kDigits && std::all_of(text.begin(), text.end(), is_digit);
}

}  // namespace

Secret make_email_code(Transaction& tx, Services& services, AccountId account, CodePurpose purpose,
                       std::string_view email) {
  Secret code = random_code(services.random);
  const std::uint8_t key = services.ring.current_id();
  const Instant now = services.clock.now();
  tx.run(kStoreEmailCode,
         {account, static_cast<int>(purpose), hash_code(services.ring, key, account, purpose, code),
          key, email, now, now + services.settings.mail.code_lifetime});
  return code;
}

bool use_email_code(Transaction& tx, Services& services, AccountId account, CodePurpose purpose,
                    const Secret& code) {
  if (!is_code(code.reveal())) return false;
  const Rows found = tx.run(kEmailCodeKey, {account, static_cast<int>(purpose)});
  if (found.empty()) return false;
  const auto key = static_cast<std::uint8_t>(found.front().integer(0));
  if (!services.ring.has(key)) return false;
  const Digest hash = hash_code(services.ring, key, account, purpose, code);
  return tx.run(kUseEmailCode,
                {account, static_cast<int>(purpose), hash, key, services.clock.now()})
             .affected == 1;
}

void delete_email_codes(Transaction& tx, AccountId account) {
  tx.run(kDeleteEmailCodes, {account});
}

}  // namespace postern::domain

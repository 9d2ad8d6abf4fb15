#include "domain/totp.hpp"

#include <utility>

#include "domain/factor_attempt.hpp"
#include "domain/factor_change.hpp"
#include "domain/password_change.hpp"
#include "domain/totp_code.hpp"

namespace postern::domain {
namespace {

constexpr Statement kSessionBegan{"session_began", R"sql(
  select postern.micros(created_at)
  from postern.session
  where id = $1 and account_id = $2 and expires_at > $3 and idle_expires_at > $3
)sql"};

/// The step of the code that confirms is spent by it.
constexpr Statement kConfirmTotp{"confirm_totp", R"sql(
  update postern.totp
  set confirmed_at = $3, last_step = $4
  where account_id = $1 and sealed_secret = $2 and confirmed_at is null
)sql"};

bool signed_in_lately(Services& services, AccountId account, SessionId session) {
  const Instant now = services.clock.now();
  const Rows rows = services.database.run(kSessionBegan, {session, account, now});
  return !rows.empty() && now - rows.front().instant(0) <= services.settings.mfa.recent_sign_in;
}

Outcome check_owner(Services& services, AccountId account, const Reauthentication& proof,
                    const Origin& origin) {
  if (proof.waived) return done;
  if (!proof.password.empty()) return reauthenticate(services, account, proof.password, origin);
  if (signed_in_lately(services, account, proof.session)) return done;
  return Error{Errc::ReauthenticationRequired, "current_password"};
}

Secret random_secret(Random& random) {
  std::string bytes(kTotpSecretBytes, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  return Secret(std::move(bytes));
}

/// RFC 3986: all but the unreserved characters.
std::string percent_encode(std::string_view text) {
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      const auto byte = static_cast<std::uint8_t>(c);
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return encoded;
}

/// The form that authenticator apps share ("Key Uri Format"): algorithm, digits and period are left
/// at what it says they are when they are not told.
TotpEnrolment enrolment(const std::string& issuer, const std::string& username,
                        const Secret& secret) {
  TotpEnrolment told;
  told.secret = base32_encode(secret);
  const std::string name = percent_encode(issuer);
  told.uri = Secret("otpauth://totp/" + name + ":" + percent_encode(username) +
                    "?secret=" + std::string(told.secret.reveal()) + "&issuer=" + name);
  return told;
}

/// The secret is a factor from the first code on that it made.
Outcome confirm_secret(Transaction& tx, Services& services, AccountId account, const Secret& code) {
  const auto totp = read_totp(tx, services, account);
  if (!totp) return Errc::NotEnabled;
  const auto step = acceptable_step(services, *totp, code);
  if (!step) return Errc::SecondFactorInvalid;
  const bool confirmed =
      tx.run(kConfirmTotp, {account, totp->sealed, services.clock.now(), *step}).affected == 1;
  if (!confirmed) return Errc::AlreadyEnabled;
  return done;
}

}  // namespace

Result<TotpEnrolment> start_totp(Services& services, AccountId account,
                                 const Reauthentication& proof, const Origin& origin) {
  const Outcome owner_asks = check_owner(services, account, proof, origin);
  if (!owner_asks) return owner_asks.error();
  const Secret secret = random_secret(services.random);
  return services.database.transaction([&](Transaction& tx) -> Result<TotpEnrolment> {
    const auto owner = lock_factor_owner(tx, account);
    if (!owner) return Errc::NotFound;
    if (owner->account.totp_enabled || !store_unconfirmed_totp(tx, services, account, secret)) {
      return Errc::AlreadyEnabled;
    }
    return enrolment(services.settings.mfa.totp_issuer, owner->account.username, secret);
  });
}

Result<std::vector<Secret>> confirm_totp(Services& services, AccountId account, const Secret& code,
                                         SessionId keep, const Origin& origin,
                                         RecoveryCodeStyle style) {
  using Codes = Result<std::vector<Secret>>;
  return with_factor_attempt(services, account, origin, [&](Transaction& tx) -> Codes {
    const auto owner = lock_factor_owner(tx, account);
    if (!owner) return Errc::NotFound;
    if (owner->account.totp_enabled) return Errc::AlreadyEnabled;
    const Outcome confirmed = confirm_secret(tx, services, account, code);
    if (!confirmed) return confirmed.error();
    return put_in_force(tx, services, account, {Factor::Totp, keep, style}, origin);
  });
}

}  // namespace postern::domain

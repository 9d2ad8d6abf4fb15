#include <algorithm>

#include "domain/browser_session.hpp"
#include "domain/factor_attempt.hpp"
#include "domain/login_limit.hpp"
#include "domain/ring_hashes.hpp"
#include "domain/session_open.hpp"
#include "domain/session_sign_in.hpp"
#include "domain/totp.hpp"

namespace postern::domain {
namespace {

/// Whoever disables the account, or changes its password or factors, comes wholly before or after.
constexpr Statement kLockPending{"lock_pending_sign_in", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(, a.password_hash
  from postern.account a
  where a.id = $1
  for no key update
)sql"};

constexpr std::string_view kContext = "pending-sign-in";
constexpr std::string_view kPassword = "pwd";
constexpr seconds kPendingLifetime = minutes(5);

std::string stamp_of(const KeyRing& ring, std::string_view password_hash) {
  return hex_encode(ring.mac(KeyPurpose::FormToken, ring.current_id(), as_bytes(password_hash)));
}

bool is_stamp_of(const KeyRing& ring, const std::string& stamp, std::string_view password_hash) {
  const auto good = ring_hashes(ring, KeyPurpose::FormToken, password_hash);
  return std::find(good.begin(), good.end(), stamp) != good.end();
}

std::string second_methods(const SecondFactor& factor) {
  return factor.assertion ? " hwk mfa" : " otp mfa";
}

BrowserSession as_browser_session(Tokens opened, std::string methods) {
  return {.id = opened.session,
          .account = std::move(opened.account),
          .signed_in_at = opened.issued_at,
          .methods = std::move(methods)};
}

/// The account, locked, while what was shown of it in the first step still holds.
Result<Account> lock_pending(Transaction& tx, Services& services, const PendingSignIn& pending) {
  const auto rows = tx.run(kLockPending, {pending.account});
  if (rows.empty()) return Errc::InvalidCredentials;
  const Row& row = rows.front();
  Account account = read_account(row);
  if (!account.is_active) return Errc::InvalidCredentials;
  if (!account.is_approved) return Errc::ApprovalPending;
  if (pending.method == kPassword &&
      !is_stamp_of(services.ring, pending.stamp, row.text(kAccountColumns))) {
    return Errc::InvalidCredentials;
  }
  return account;
}

Result<BrowserSession> take_and_open(Transaction& tx, Services& services,
                                     const PendingSignIn& pending, const SecondFactor& factor,
                                     const Origin& origin) {
  auto account = lock_pending(tx, services, pending);
  if (!account) return account.error();
  auto methods = pending.method;
  // Its owner may have taken the factor off meanwhile, elsewhere: then there is nothing to show.
  if (account->has_second_factor()) {
    const auto taken = take_second_factor(tx, services, account->id, factor, origin);
    if (!taken) return taken.error();
    methods += second_methods(factor);
  }
  const bool is_first = !account->last_login_at;
  note_login(tx, account->id, services.clock.now());
  auto opened = open_session(tx, services,
                             {.account = *std::move(account),
                              .is_first = is_first,
                              .kind = SessionKind::Browser,
                              .method = pending.method == kPassword ? "" : "sso",
                              .methods = methods},
                             origin);
  return as_browser_session(std::move(opened), std::move(methods));
}

}  // namespace

Result<BrowserSession> sign_in_browser(Services& services, const BrowserSignIn& request,
                                       const Origin& origin,
                                       std::optional<PendingSignIn>* pending) {
  std::optional<ShownPassword> shown;
  auto opened = sign_in(services,
                        {.login = request.login,
                         .password = request.password,
                         .kind = SessionKind::Browser,
                         .factor = request.factor},
                        origin, &shown);
  if (shown && pending != nullptr) {
    *pending =
        PendingSignIn{shown->account, std::string(kPassword), stamp_of(services.ring, shown->hash)};
  }
  if (!opened) return opened.error();
  auto methods = std::string(kPassword);
  if (opened->account.has_second_factor()) methods += second_methods(request.factor);
  return as_browser_session(*std::move(opened), std::move(methods));
}

Result<BrowserSession> sign_in_browser_vouched(Services& services, const VouchedIdentity& identity,
                                               const LinkRules& rules, const Origin& origin,
                                               std::optional<PendingSignIn>* pending) {
  std::optional<AccountId> whose;
  auto opened =
      sign_in_with_identity(services, identity, rules, SessionKind::Browser, origin, &whose);
  if (whose && pending != nullptr) *pending = PendingSignIn{*whose, "ext"};
  if (!opened) return opened.error();
  return as_browser_session(*std::move(opened), identity.factor_checked ? "ext mfa" : "ext");
}

Secret seal_pending(Services& services, const PendingSignIn& pending) {
  const std::string text = std::to_string(unix_seconds(services.clock.now())) + " " +
                           pending.account.text() + " " + pending.method + " " + pending.stamp;
  return Secret(base64url_encode(services.ring.seal(kContext, as_bytes(text), services.random)));
}

Result<PendingSignIn> open_pending(Services& services, std::string_view text) {
  const auto sealed = base64url_decode(text);
  if (!sealed) return Errc::LinkInvalid;
  const auto plain = services.ring.open(kContext, *sealed);
  if (!plain) return Errc::LinkInvalid;
  // We wrote it ourselves: four words with single spaces between.
  const std::string words(plain->begin(), plain->end());
  const auto id_at = words.find(' ') + 1;
  const auto method_at = words.find(' ', id_at) + 1;
  const auto stamp_at = words.find(' ', method_at) + 1;
  const Instant sealed_at = from_unix_seconds(std::stoll(words));
  const auto account = AccountId::parse(words.substr(id_at, method_at - id_at - 1));
  if (!account || services.clock.now() > sealed_at + kPendingLifetime) return Errc::LinkInvalid;
  return PendingSignIn{*account, words.substr(method_at, stamp_at - method_at - 1),
                       words.substr(stamp_at)};
}

Result<BrowserSession> finish_pending(Services& services, const PendingSignIn& pending,
                                      const SecondFactor& factor, const Origin& origin) {
  const auto attempt = begin_factor_attempt(services, pending.account, origin);
  if (!attempt) return attempt.error();
  auto session = services.database.transaction(
      [&](Transaction& tx) { return take_and_open(tx, services, pending, factor, origin); });
  // A whole sign-in, as by sign_in(), forgives; one of two factors alone does not.
  if (session) {
    forgive_login_attempt(services, *attempt);
  } else {
    end_factor_attempt(services, *attempt, &session.error(), origin);
  }
  return session;
}

}  // namespace postern::domain

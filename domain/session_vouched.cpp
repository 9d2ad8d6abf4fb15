#include "domain/factor.hpp"
#include "domain/session.hpp"
#include "domain/session_open.hpp"

namespace postern::domain {
namespace {

/// Whoever disables the account or gives it a second factor comes wholly before or wholly after.
constexpr Statement kLockVouched{"lock_vouched", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(
  from postern.account a
  where a.id = $1
  for no key update
)sql"};

}  // namespace

Result<Tokens> sign_in_vouched(Transaction& tx, Services& services, const VouchedSignIn& request,
                               const Origin& origin) {
  const Rows rows = tx.run(kLockVouched, {request.account});
  if (rows.empty()) return Errc::InvalidCredentials;
  Account account = read_account(rows.front());
  if (!account.is_active) return Errc::InvalidCredentials;
  if (!account.is_approved) return Errc::ApprovalPending;
  if (account.has_second_factor() && !request.factor_checked) return ask_for_factor(account);
  const Instant now = services.clock.now();
  note_login(tx, account.id, now);
  const bool is_first = !account.last_login_at;
  account.last_login_at = now;
  return open_session(tx, services,
                      {.account = std::move(account),
                       .is_first = is_first,
                       .kind = request.kind,
                       .remember = request.remember,
                       .method = request.method,
                       .methods = request.factor_checked ? "ext mfa" : "ext"},
                      origin);
}

}  // namespace postern::domain

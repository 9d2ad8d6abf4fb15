#include "domain/external_identity.hpp"

#include "domain/account_rows.hpp"
#include "domain/text.hpp"
#include "domain/vouched_account.hpp"

namespace postern::domain {
namespace {

constexpr Statement kFindIdentity{"find_external_identity", R"sql(
  select account_id from postern.external_identity where provider = $1 and subject = $2)sql"};

constexpr Statement kInsertIdentity{"insert_external_identity", R"sql(
  insert into postern.external_identity
    (provider, subject, account_id, created_at, last_login_at)
  values ($1, $2, $3, $4, $4))sql"};

constexpr Statement kTouchIdentity{"touch_external_identity", R"sql(
  update postern.external_identity set last_login_at = $3
  where provider = $1 and subject = $2)sql"};

/// Subjects are the provider's own; OpenID Connect Core section 2 has at most 255 ASCII characters.
constexpr std::size_t kLongestSubject = 255;

struct Linked {
  AccountId account;
  bool made = false;  ///< the account came into being just now
};

std::optional<AccountId> find_linked(Executor& executor, const VouchedIdentity& identity) {
  const Rows rows = executor.run(kFindIdentity, {identity.provider, identity.subject});
  if (rows.empty()) return std::nullopt;
  return AccountId{rows.front().uuid(0)};
}

void link(Transaction& tx, Services& services, const VouchedIdentity& identity, AccountId account,
          const Origin& origin) {
  tx.run(kInsertIdentity, {identity.provider, identity.subject, account, services.clock.now()});
  record(tx, services,
         {AuditEvent::IdentityLinked, account, account, identity.subject, identity.provider},
         origin);
}

void record_refusal(Services& services, AccountId account, const Error& error,
                    const Origin& origin) {
  record(services.database, services,
         {AuditEvent::LoginFailed, account, {}, {}, std::string("sso: ") + name_of(error.code)},
         origin);
}

/// Whose account it shall be from now on.
Result<Linked> choose(Transaction& tx, Services& services, const VouchedIdentity& identity,
                      const LinkRules& rules, const Origin& origin) {
  const auto email = believed_email(identity);
  if (rules.link_verified_email && email) {
    if (const auto owner = find_by_confirmed_email(tx, *email)) return Linked{*owner};
  }
  if (!rules.create_accounts) return Errc::IdentityNotLinked;
  const auto account = make_vouched_account(tx, services, identity, rules.role);
  if (!account) return account.error();
  record(tx, services, {AuditEvent::AccountRegistered, *account, {}, {}, "sso, role " + rules.role},
         origin);
  return Linked{*account, true};
}

/// The lock makes simultaneous first sign-ins of one person wait for each other: whoever waited
/// finds what the other one linked.
Result<Linked> find_or_link(Transaction& tx, Services& services, const VouchedIdentity& identity,
                            const LinkRules& rules, const Origin& origin) {
  if (const auto account = find_linked(tx, identity)) return Linked{*account};
  lock_account_names(tx);
  if (const auto account = find_linked(tx, identity)) return Linked{*account};
  auto chosen = choose(tx, services, identity, rules, origin);
  if (chosen) link(tx, services, identity, chosen->account, origin);
  return chosen;
}

}  // namespace

Result<Tokens> sign_in_with_identity(Services& services, const VouchedIdentity& identity,
                                     const LinkRules& rules, SessionKind kind, const Origin& origin,
                                     std::optional<AccountId>* whose) {
  if (identity.subject.empty() || !is_clean_text(identity.subject) ||
      code_points(identity.subject) > kLongestSubject) {
    return Error{Errc::ProviderRefused, {}, {}, seconds(0), "subject"};
  }
  std::optional<AccountId> account;
  auto signed_in = services.database.transaction([&](Transaction& tx) -> Result<Tokens> {
    account.reset();
    const auto linked = find_or_link(tx, services, identity, rules, origin);
    if (!linked) return linked.error();
    account = linked->account;
    auto tokens = sign_in_vouched(tx, services,
                                  {.account = linked->account,
                                   .kind = kind,
                                   .factor_checked = identity.factor_checked,
                                   .method = "sso"},
                                  origin);
    if (!tokens) {
      // An account that was made just now stays, to be approved.
      if (linked->made && tokens.error().code == Errc::ApprovalPending) tx.commit_even_if_refused();
      return tokens;
    }
    // None where its owner parts with the identity at this moment.
    const auto touched =
        tx.run(kTouchIdentity, {identity.provider, identity.subject, services.clock.now()});
    if (touched.affected != 1) return Errc::IdentityNotLinked;
    return tokens;
  });
  if (!signed_in && account) record_refusal(services, *account, signed_in.error(), origin);
  if (whose != nullptr && !signed_in && signed_in.error().code == Errc::SecondFactorRequired) {
    *whose = account;
  }
  return signed_in;
}

}  // namespace postern::domain

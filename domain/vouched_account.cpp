#include "domain/vouched_account.hpp"

#include <algorithm>

#include "domain/account_rows.hpp"
#include "domain/ascii.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kLongestSuggestion = 100;
constexpr int kNumberedNames = 9;
constexpr std::size_t kRandomSuffix = 8;

constexpr Statement kConfirmedOwner{"confirmed_email_owner", R"sql(
  select id from postern.account
  where email_key = $1 and email_verified and is_active and is_approved and not is_bot)sql"};

constexpr Statement kInsertVouched{"insert_vouched_account", R"sql(
  insert into postern.account
    (id, username, username_key, email, email_key, password_hash, role, is_active, is_approved,
     is_bot, created_at, email_verified)
  values ($1, $2, $3, $4, $5, '', $6, true, $7, false, $8, $9)
  on conflict do nothing)sql"};

bool is_username_character(char c) {
  return is_alphanumeric(c) || c == '.' || c == '_' || c == '+' || c == '-';
}

std::string cleaned(std::string_view text) {
  std::string kept;
  for (const char c : text.substr(0, text.find('@'))) {
    if (is_username_character(c) && kept.size() < kLongestSuggestion) kept += c;
  }
  return kept;
}

/// alice, alice2 … alice9, and then one that nobody can have.
std::string variation(const std::string& base, int attempt, Random& random) {
  if (attempt == 1) return base;
  if (attempt <= kNumberedNames) return base + std::to_string(attempt);
  return base + "-" + random_base62(random, kRandomSuffix);
}

std::optional<std::string> free_username(Transaction& tx, const std::string& base, AccountId self,
                                         Random& random) {
  for (int attempt = 1; attempt <= kNumberedNames + 2; ++attempt) {
    auto name = variation(base, attempt, random);
    if (check_names_free(tx, name, std::nullopt, self)) return name;
  }
  return std::nullopt;
}

Error not_linked(std::string why) {
  return {Errc::IdentityNotLinked, {}, {}, seconds(0), std::move(why)};
}

}  // namespace

std::optional<std::string> believed_email(const VouchedIdentity& identity) {
  if (!identity.email_verified || !identity.email || !check_email(*identity.email)) return {};
  return identity.email;
}

std::string suggested_username(const VouchedIdentity& identity) {
  for (const auto& source : {identity.preferred_username, identity.email.value_or("")}) {
    auto name = cleaned(source);
    if (!name.empty()) return name;
  }
  return "user";
}

std::optional<AccountId> find_by_confirmed_email(Transaction& tx, std::string_view email) {
  const Rows rows = tx.run(kConfirmedOwner, {fold(email)});
  if (rows.empty()) return std::nullopt;
  return AccountId{rows.front().uuid(0)};
}

Result<AccountId> make_vouched_account(Transaction& tx, Services& services,
                                       const VouchedIdentity& identity, const std::string& role) {
  const Instant now = services.clock.now();
  const AccountId id = AccountId::make(now, services.random);
  if (!check_role(tx, role)) return not_linked("no role " + role);
  const auto email = believed_email(identity);
  const auto name = free_username(tx, suggested_username(identity), id, services.random);
  if (!name) return not_linked("no free username");
  // The name is free: what is taken then is the address.
  if (!check_names_free(tx, *name, email, id)) return not_linked("the address is somebody's here");
  const auto email_key = email ? std::optional(fold(*email)) : std::nullopt;
  const auto written =
      tx.run(kInsertVouched, {id, *name, fold(*name), email, email_key, role,
                              !services.settings.registration.approval, now, email.has_value()})
          .affected;
  // None only where somebody writes accounts without the lock.
  if (written != 1) return not_linked("a name was taken in between");
  return id;
}

}  // namespace postern::domain

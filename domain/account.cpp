#include "domain/account.hpp"

#include "domain/account_rows.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr Statement kFindAccount{"find_account", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(
  from postern.account a
  where a.id = $1)sql"};

constexpr Statement kFindAccountByNumber{"find_account_by_number", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(
  from postern.account a
  where a.number = $1)sql"};

constexpr Statement kFindAccountByLogin{"find_account_by_login", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(
  from postern.account a
  where a.username_key = $1 or a.email_key = $1
  order by (a.username_key = $1) desc
  limit 1)sql"};

/// $1 after, $2 is_active, $3 is_approved, $4 part of a name, $5 limit. No pattern: what is
/// searched for means itself, '%' too.
constexpr Statement kListAccounts{"list_accounts", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(
  from postern.account a
  where ($1::bigint is null or a.number > $1)
    and ($2::boolean is null or a.is_active = $2)
    and ($3::boolean is null or a.is_approved = $3)
    and ($4::text is null or strpos(a.username_key, $4) > 0 or strpos(a.email_key, $4) > 0)
  order by a.number
  limit $5)sql"};

constexpr Statement kRolePermissions{"role_permissions", R"sql(
  select array(select p from unnest(r.permissions) as p order by p collate "C")
  from postern.role r where r.name = $1)sql"};

constexpr std::size_t kQueryLimit = 254;

Result<Account> one_account(const Rows& rows) {
  if (rows.empty()) return Errc::NotFound;
  return read_account(rows.front());
}

struct StatusColumns {
  std::optional<bool> is_active, is_approved;
};

StatusColumns columns_of(std::optional<AccountStatus> status) {
  if (!status) return {};
  switch (*status) {
    case AccountStatus::Pending:
      return {true, false};
    case AccountStatus::Active:
      return {true, true};
    case AccountStatus::Disabled:
      return {false, std::nullopt};
  }
  return {};
}

}  // namespace

Result<Account> find_account(Services& services, AccountId id) {
  return one_account(services.database.run(kFindAccount, {id}));
}

Result<Account> find_account_by_number(Services& services, std::int64_t number) {
  return one_account(services.database.run(kFindAccountByNumber, {number}));
}

Result<Account> find_account_by_login(Services& services, std::string_view login) {
  if (!is_clean_text(login)) return Errc::NotFound;
  return one_account(services.database.run(kFindAccountByLogin, {fold(login)}));
}

Result<Page<Account>> list_accounts(Services& services, const AccountFilter& filter,
                                    const PageRequest& page) {
  const auto after = page_after_number(page);
  if (!after) return after.error();
  if (filter.query) {
    const Outcome checked = check_label("query", *filter.query, kQueryLimit);
    if (!checked) return checked.error();
  }
  const auto query = filter.query ? std::optional(fold(*filter.query)) : std::nullopt;
  const auto [is_active, is_approved] = columns_of(filter.status);
  std::vector<Account> accounts;
  for (const Row& row : services.database.run(
           kListAccounts, {*after, is_active, is_approved, query, page.limit + 1}))
    accounts.push_back(read_account(row));
  return make_page(std::move(accounts), page, [](const Account& last) { return last.number; });
}

Result<std::vector<std::string>> role_permissions(Executor& executor, std::string_view role) {
  if (!is_clean_text(role)) return Errc::NotFound;
  const Rows rows = executor.run(kRolePermissions, {role});
  if (rows.empty()) return Errc::NotFound;
  return rows.front().texts(0);
}

bool any_admin_exists(Services& services) {
  return check_some_admin(services.database).ok();
}

}  // namespace postern::domain

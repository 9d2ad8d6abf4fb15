#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/account.hpp"

namespace postern::domain {

/// What the files account*.cpp share within a transaction. Not for others.

/// Makes all who give or change names wait for each other until their transactions end: a username
/// may hold an '@', so usernames and e-mail addresses are unique across two columns, which no index
/// says.
void lock_account_names(Transaction& tx);

/// Taken (username first) where another account than `self` has one of the names, in either column.
[[nodiscard]] Outcome check_names_free(Executor& executor, std::string_view username,
                                       const std::optional<std::string>& email, AccountId self);

/// For a name that people choose where addresses are confirmed: InvalidInput for one that holds an
/// '@', since whether it is free would tell who has that address (rule R8).
[[nodiscard]] Outcome check_chosen_username(std::string_view username);

/// InvalidInput field role, where there is no such role. In a transaction: keeps it from being
/// deleted until the end.
[[nodiscard]] Outcome check_role(Executor& executor, std::string_view role);

/// A row of an account that is to be made.
struct AccountToInsert {
  NewAccount account;         ///< its password is not looked at
  std::string password_hash;  ///< "" for none
  std::optional<std::string> pending_email{};
  bool approve_when_verified = false;
};
/// Taken (username or email), InvalidInput field role. After lock_account_names in the same
/// transaction.
[[nodiscard]] Result<Account> insert_account(Transaction& tx, Services& services,
                                             const AccountToInsert& wanted);

/// Locks all accounts that can administer until the transaction ends, so that two of them cannot
/// take each other's place away at the same time. Before any other account is locked.
void lock_admins(Transaction& tx);

/// LastAdmin, where nobody but `account` can administer. After lock_admins in the same transaction.
[[nodiscard]] Outcome check_not_last_admin(Transaction& tx, AccountId account);

/// LastAdmin, where nobody can administer as things stand; to rely on it, lock_admins first.
[[nodiscard]] Outcome check_some_admin(Executor& executor);

}  // namespace postern::domain

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

/// InvalidInput field role, where there is no such role.
[[nodiscard]] Outcome check_role(Executor& executor, std::string_view role);

/// Locks all accounts that can administer until the transaction ends, so that two of them cannot
/// take each other's place away at the same time. Before any other account is locked.
void lock_admins(Transaction& tx);

/// LastAdmin, where nobody but `account` can administer. After lock_admins in the same transaction.
[[nodiscard]] Outcome check_not_last_admin(Transaction& tx, AccountId account);

}  // namespace postern::domain

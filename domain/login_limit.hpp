#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/services.hpp"

namespace postern::domain {

/// The one limiter of everything that checks a password: logging in, re-authentication, changing
/// the password (CVE-2026-9798). Its windows:
///
/// - `account:<id>`: attempts on an account, by whatever name it was called (CVE-2025-24806);
/// - `login:<folded name>`: where no account has that name. The limit is the same, so that being
///   limited tells nobody whether there is one (rule R8);
/// - `account:<id>@<network>`: attempts from a network that the account has logged in from within
///   settings.login_limit.known_network. Strangers fill the first window and not this one, so they
///   cannot keep the owner out;
/// - `network:<network>`: attempts from one network on all accounts;
/// - `brief:<one of the first three>`: the same attempts at a door that locks out sooner, and for
///   less long (settings.login_limit.brief_per_account). Only that door asks it.
struct LoginAttempt {
  std::optional<AccountId> account;
  std::string subject;  ///< the window of the account or name
  std::string network;  ///< as network_of() names it
  std::string brief{};  ///< the window of such a door; "" at others
};

/// Which windows there are at a door.
enum class LoginDoor { Usual, Brief };

/// Counts an attempt before its hash is computed (CVE-2024-4629). `login` is what the visitor
/// typed, and matters only where no account has that name. TooManyAttempts with retry_after; a
/// refused attempt is counted nowhere.
[[nodiscard]] Result<LoginAttempt> begin_login_attempt(Services& services,
                                                       std::optional<AccountId> account,
                                                       std::string_view login, const Origin& origin,
                                                       LoginDoor door = LoginDoor::Usual);

/// All that was asked for was right: forgets the failures on the account from here, takes the
/// attempt off the network's window, and remembers the network as the account's own.
void login_attempt_succeeded(Executor& executor, Services& services, const LoginAttempt& attempt);

/// The limiter's part of it, for whoever remembers the network by himself.
void forgive_login_attempt(Services& services, const LoginAttempt& attempt);

/// Remembers the origin's network as the account's own. Whether it is new to the account; never
/// where the address is not known.
bool remember_network(Executor& executor, Services& services, AccountId account,
                      const Origin& origin);

/// Takes the attempt back and forgives nothing else: no password was checked after all (no hashing
/// slot was free), or what was right is one of two factors alone, which must not give the other
/// one's guesser new attempts (CVE-2026-9798).
void login_attempt_not_made(Services& services, const LoginAttempt& attempt);

/// Lifts the account's limit for all who are not on a network of its own: an administrator set its
/// password.
void forgive_login_attempts(Services& services, AccountId account);

/// Whether this refusal is to be written down: one row a network and window, however many attempts
/// are refused, since a flood must not fill the audit.
[[nodiscard]] bool login_refusal_is_news(Services& services, const Origin& origin);

}  // namespace postern::domain

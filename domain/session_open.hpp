#pragma once

#include <string>

#include "domain/session.hpp"

namespace postern::domain {

/// Somebody whose sign-in is decided: nothing is checked any more.
struct Admitted {
  Account account;        ///< as the transaction has locked it
  bool is_first = false;  ///< the account never signed in before
  SessionKind kind = SessionKind::Native;
  bool remember = true;
  std::string method{};   ///< for the audit; "" for a password
  std::string methods{};  ///< amr, for sessions of browsers
};

/// What every sign-in leaves behind, by whichever door: the session, the network as one of the
/// account's own, a letter to the owner where that is new (but not about the very first sign-in),
/// and the record. A browser's session (browser_session.hpp) comes without tokens.
[[nodiscard]] Tokens open_session(Transaction& tx, Services& services, Admitted admitted,
                                  const Origin& origin);

/// Writes down when the account signed in last: for whoever has locked it, and did not write that
/// himself.
void note_login(Transaction& tx, AccountId account, Instant now);

}  // namespace postern::domain

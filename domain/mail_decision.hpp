#pragma once

#include <optional>

#include "domain/mail_content.hpp"
#include "domain/mail_room.hpp"

namespace postern::domain {

/// A letter out of the queue.
struct QueuedLetter {
  MailId id;
  MailKind kind{};
  std::optional<AccountId> account{};
  MailContent content{};
  Instant asked_at{};
  int attempt = 1;  ///< this one included
};

/// What is sent, if anything, by what is true now: this is where it shows who has an account, out
/// of sight of whoever asked (rule R8). Makes the link and records what was asked for, in `tx`.
///
/// - ResetPassword goes to the address as the account has it, not as somebody typed it
///   (CVE-2019-19844); to nobody where no active person's account has it.
/// - ConfirmAddress goes out while the account still waits for it; where another account has the
///   address, AlreadyRegistered goes there instead.
/// - OneTimeCode goes to the address of the active account that is called so and has that factor
///   in force, or sets it up; to nobody once as much time has gone by as a code is good for.
/// - All others go to the address that they name, else to the account's own.
[[nodiscard]] std::optional<ReadyLetter> decide_letter(Transaction& tx, Services& services,
                                                       const QueuedLetter& queued);

}  // namespace postern::domain

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "domain/account.hpp"

namespace postern::domain {

/// Letters. A request only ever queues one: whose it is, what it says and whether it is sent at all
/// is decided by the housekeeper (mail_room.hpp), so that no request waits for a mail server and
/// neither its answer nor its time tells who has an account (rule R8). Numbers are stored.
enum class MailKind : std::int16_t {
  ConfirmAddress = 1,  ///< with a link; to an address that is somebody's already: AlreadyRegistered
  ResetPassword = 2,   ///< with a link, if the address is an account's confirmed or only one
  AlreadyRegistered = 3,
  Invitation = 4,  ///< values: code, role
  NewSignIn = 5,   ///< values: address, user_agent
  PasswordChanged = 6,
  FactorChanged = 7,  ///< values: change: enabled, disabled, reset, recovery_codes
  EmailChanged = 8,   ///< to the former address; values: email
  Approved = 9,
  /// A code that proves a second factor (email_code.hpp), if the account has use for one. Sent
  /// soon or not at all.
  OneTimeCode = 10,
};
[[nodiscard]] std::string_view name_of(
    MailKind kind);  ///< confirm_address, …: also the template's name

struct Letter {
  MailKind kind{};
  std::optional<AccountId> account{};  ///< none: only the address is known
  std::string address{};               ///< "": the account's own
  std::map<std::string, std::string>
      values{};  ///< for the template; may hold secrets, and is sealed
};

/// Puts it into the queue, in the caller's transaction where it has one. Does nothing where mail is
/// not set up (settings.mail.enabled), and for notices (NewSignIn to Approved) where
/// settings.mail.notices is off.
void queue_letter(Executor& executor, Services& services, const Letter& letter);

}  // namespace postern::domain

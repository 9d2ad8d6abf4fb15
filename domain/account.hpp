#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/page.hpp"
#include "domain/secret.hpp"
#include "domain/services.hpp"

namespace postern::domain {

struct Account {
  AccountId id;
  std::int64_t number = 0;  ///< for dialects whose ids are integers; unique, never used again
  std::string username;
  std::optional<std::string> email;
  std::string role;
  bool is_active = true;
  bool is_approved = true;
  bool is_bot = false;
  Instant created_at;
  std::optional<Instant> last_login_at;
  bool totp_enabled = false;    ///< one of its second factors (totp.hpp)
  bool email_verified = false;  ///< its owner has shown to receive mail there
  /// Becomes the address when its owner confirms it; nobody's name until then.
  std::optional<std::string> pending_email{};
  bool email_otp_enabled = false;  ///< a code by mail is one of its second factors
  bool webauthn_enabled = false;   ///< it has a WebAuthn credential
  std::string preferred_factor{};  ///< "", totp, email_otp, webauthn

  /// Whether a password alone does not log in.
  [[nodiscard]] bool has_second_factor() const {
    return totp_enabled || email_otp_enabled || webauthn_enabled;
  }
  [[nodiscard]] bool may_act() const { return is_active && is_approved; }
};

/// The account's columns in the order that `read_account` expects, for statements that select them:
/// "a.id, a.number, a.username, …" of an alias `a`. 16 columns.
#define POSTERN_ACCOUNT_COLUMNS                                                         \
  "a.id, a.number, a.username, a.email, a.role, a.is_active, a.is_approved, a.is_bot, " \
  "postern.micros(a.created_at), postern.micros(a.last_login_at), a.totp_enabled, "     \
  "a.email_verified, a.pending_email, a.email_otp_enabled, a.webauthn_enabled, "        \
  "a.preferred_factor"
inline constexpr std::size_t kAccountColumns = 16;
[[nodiscard]] Account read_account(const Row& row, std::size_t first_column = 0);

struct Registration {
  std::string username;
  std::optional<std::string> email;
  Secret password;
  Secret invite_code{};  ///< empty: none
};

/// A visitor registers himself, as the settings allow. One hash, whether or not the names are free;
/// settings.registration.per_network_per_hour of them. RegistrationClosed, InviteRequired,
/// InviteInvalid, InvalidInput (field username, email, password), Taken (username or email), Busy,
/// TooManyAttempts.
///
/// In mode Invite a code is needed; in mode Open one that is given must be good, too. Its use is
/// counted in the transaction that makes the account, never past its number (invite.hpp).
///
/// With settings.registration.verify_email an e-mail address is required and waits unconfirmed
/// (account.pending_email): whether somebody has it already changes neither the answer nor the work
/// done here, only the letter that goes there (rule R8; mail.hpp). The account is not approved
/// until it is confirmed, nor before an administrator approved it where settings.registration.
/// approval asks for that. The answer's `email` is the one given. A username with an '@' is
/// InvalidInput then: whether it is free would tell who has that address.
[[nodiscard]] Result<Account> register_account(Services& services, const Registration& wanted,
                                               const Origin& origin);

struct NewAccount {
  std::string username;
  std::optional<std::string> email;
  std::optional<Secret> password;  ///< none: cannot log in by password (bots)
  std::string role = "member";
  bool is_active = true;
  bool is_approved = true;
  bool is_bot = false;
  /// With no password: one that everybody knows stands in its place (sign_in() says what it is good
  /// for). For dialects whose administrators expect that, and only where a site switched it on.
  bool claimable = false;
};

/// No two accounts share a name, be it as username or as e-mail address: a username that holds an
/// '@' must not be another's address. An administrator (or the command line: no actor) makes one.
/// Adds InvalidInput field role.
[[nodiscard]] Result<Account> create_account(Services& services, const NewAccount& wanted,
                                             std::optional<AccountId> actor, const Origin& origin);

/// The first administrator of an installation that has none: of any number of callers at once one
/// succeeds. NotPermitted where one exists already; otherwise refuses as create_account does. The
/// role is `admin`, whatever `wanted` says.
[[nodiscard]] Result<Account> create_first_admin(Services& services, const NewAccount& wanted,
                                                 const Origin& origin);

[[nodiscard]] Result<Account> find_account(Services& services, AccountId id);
[[nodiscard]] Result<Account> find_account_by_number(Services& services, std::int64_t number);
/// By username, or by e-mail address where the text holds an '@' and no username equals it.
[[nodiscard]] Result<Account> find_account_by_login(Services& services, std::string_view login);

enum class AccountStatus { Pending, Active, Disabled };
struct AccountFilter {
  std::optional<AccountStatus> status{};
  std::optional<std::string> query{};  ///< part of the username or e-mail address
};
/// Oldest first. Disabled accounts are not pending. InvalidInput field limit, cursor, query.
[[nodiscard]] Result<Page<Account>> list_accounts(Services& services, const AccountFilter& filter,
                                                  const PageRequest& page);

/// What to change; what is absent stays. An email of "" removes it.
struct AccountChange {
  std::optional<std::string> username{}, email{}, role{};
  std::optional<bool> is_active{}, is_approved{};
};
/// Disabling ends all sessions of the account and its token (bot_token.hpp) in the same commit; its
/// keys refuse while it is disabled. Refuses (LastAdmin) what would leave no active approved
/// account with permission admin.
///
/// With settings.registration.verify_email (and mail), an address that the account gives itself
/// becomes Account::pending_email and a letter to confirm it goes there: whether somebody has it is
/// not told (rule R8). What others write is the address at once, and not a confirmed one. The
/// former address is told when it ceases to be the account's (ASVS 6.3.7). Approving sends word.
[[nodiscard]] Result<Account> update_account(Services& services, AccountId id,
                                             const AccountChange& change,
                                             std::optional<AccountId> actor, const Origin& origin);
[[nodiscard]] Outcome delete_account(Services& services, AccountId id,
                                     std::optional<AccountId> actor, const Origin& origin);

/// Permissions a role gives, sorted; NotFound for an unknown role.
[[nodiscard]] Result<std::vector<std::string>> role_permissions(Executor& executor,
                                                                std::string_view role);
[[nodiscard]] bool any_admin_exists(Services& services);

}  // namespace postern::domain

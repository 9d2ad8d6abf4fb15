#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/page.hpp"
#include "domain/services.hpp"

namespace postern::domain {

/// What happened. The names are stored and shown: never rename one.
enum class AuditEvent {
  AccountRegistered,
  AccountCreated,
  AccountChanged,
  AccountApproved,
  AccountDisabled,
  AccountEnabled,
  AccountDeleted,
  RoleChanged,
  PasswordChanged,
  PasswordSet,
  LoginSucceeded,
  LoginFailed,
  LoginLimited,
  LoggedOut,
  SessionRevoked,
  RefreshReused,
  KeyIssued,
  KeyRotated,
  KeyRevoked,
  KeyReadBack,
  SigningKeyCreated,
  RolePermissionsChanged,
  RoleDeleted,
  InviteCreated,
  InviteUsed,
  InviteRevoked,
  TotpEnabled,
  TotpDisabled,
  RecoveryCodesMade,
  RecoveryCodeUsed,
  EmailVerified,
  PasswordResetRequested,
  PasswordReset,
  MailGivenUp,
  IdentityLinked,
  IdentityUnlinked,
  FactorAdded,
  FactorRemoved,
  ClientRegistered,
  ClientChanged,
  ClientDeleted,
  ConsentGiven,
  ConsentWithdrawn,
  GrantIssued,
  GrantRevoked,
  CodeReplayed,
  SigningKeyRetired,
};

[[nodiscard]] std::string_view name_of(AuditEvent event);  ///< login_succeeded, …

struct AuditEntry {
  AuditEvent event{};
  std::optional<AccountId> account{};  ///< whom it is about
  std::optional<AccountId> actor{};    ///< who did it, where that is somebody else or known
  std::string subject{};               ///< id of the key, session, …; never a secret
  std::string detail{};                ///< short and clean; never a secret
};

/// Writes one row, in the caller's transaction where it has one. Texts are made printable and cut
/// (detail at 200 characters, subject, address and request id at 64), so that whatever a visitor
/// sent can be recorded.
void record(Executor& executor, Services& services, const AuditEntry& entry, const Origin& origin);

struct AuditRecord {
  EventId id;
  Instant at;
  std::string event;
  std::optional<AccountId> account;
  std::optional<AccountId> actor;
  std::string subject, detail, address, request_id;
};

struct AuditFilter {
  std::optional<AccountId> account;
  std::optional<std::string> event;
};

/// Newest first. InvalidInput with field limit, cursor, or event for a name that no event has.
[[nodiscard]] Result<Page<AuditRecord>> list_audit(Services& services, const AuditFilter& filter,
                                                   const PageRequest& page);

}  // namespace postern::domain

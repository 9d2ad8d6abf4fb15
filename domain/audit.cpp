#include "domain/audit.hpp"

#include "domain/audit_row.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr Statement kInsertAudit{"insert_audit", R"sql(
  insert into postern.audit
    (id, at, event, account_id, actor_id, subject, detail, address, request_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9))sql"};

constexpr Statement kListAudit{"list_audit", R"sql(
  select e.id, postern.micros(e.at), e.event, e.account_id, e.actor_id, e.subject, e.detail,
         e.address, e.request_id
  from postern.audit e
  where ($1::uuid is null or e.id < $1)
    and ($2::uuid is null or e.account_id = $2)
    and ($3::text is null or e.event = $3)
  order by e.id desc
  limit $4)sql"};

constexpr std::size_t kSubjectLimit = 64;
constexpr std::size_t kDetailLimit = 200;
constexpr std::size_t kAddressLimit = 64;
constexpr std::size_t kRequestIdLimit = 64;

constexpr int kEvents = static_cast<int>(AuditEvent::SigningKeyRetired) + 1;

bool is_event(std::string_view name) {
  for (int event = 0; event < kEvents; ++event) {
    if (name_of(static_cast<AuditEvent>(event)) == name) return true;
  }
  return false;
}

std::optional<AccountId> account_or_null(const Row& row, std::size_t column) {
  return row.is_null(column) ? std::nullopt : std::optional(AccountId{row.uuid(column)});
}

AuditRecord read_record(const Row& row) {
  AuditRecord found;
  found.id = EventId{row.uuid(0)};
  found.at = row.instant(1);
  found.event = row.text(2);
  found.account = account_or_null(row, 3);
  found.actor = account_or_null(row, 4);
  found.subject = row.text(5);
  found.detail = row.text(6);
  found.address = row.text(7);
  found.request_id = row.text(8);
  return found;
}

}  // namespace

std::string_view name_of(AuditEvent event) {
  switch (event) {
    case AuditEvent::AccountRegistered:
      return "account_registered";
    case AuditEvent::AccountCreated:
      return "account_created";
    case AuditEvent::AccountChanged:
      return "account_changed";
    case AuditEvent::AccountApproved:
      return "account_approved";
    case AuditEvent::AccountDisabled:
      return "account_disabled";
    case AuditEvent::AccountEnabled:
      return "account_enabled";
    case AuditEvent::AccountDeleted:
      return "account_deleted";
    case AuditEvent::RoleChanged:
      return "role_changed";
    case AuditEvent::PasswordChanged:
      return "password_changed";
    case AuditEvent::PasswordSet:
      return "password_set";
    case AuditEvent::LoginSucceeded:
      return "login_succeeded";
    case AuditEvent::LoginFailed:
      return "login_failed";
    case AuditEvent::LoginLimited:
      return "login_limited";
    case AuditEvent::LoggedOut:
      return "logged_out";
    case AuditEvent::SessionRevoked:
      return "session_revoked";
    case AuditEvent::RefreshReused:
      return "refresh_reused";
    case AuditEvent::KeyIssued:
      return "key_issued";
    case AuditEvent::KeyRotated:
      return "key_rotated";
    case AuditEvent::KeyRevoked:
      return "key_revoked";
    case AuditEvent::KeyReadBack:
      return "key_read_back";
    case AuditEvent::SigningKeyCreated:
      return "signing_key_created";
    case AuditEvent::RolePermissionsChanged:
      return "role_permissions_changed";
    case AuditEvent::RoleDeleted:
      return "role_deleted";
    case AuditEvent::InviteCreated:
      return "invite_created";
    case AuditEvent::InviteUsed:
      return "invite_used";
    case AuditEvent::InviteRevoked:
      return "invite_revoked";
    case AuditEvent::TotpEnabled:
      return "totp_enabled";
    case AuditEvent::TotpDisabled:
      return "totp_disabled";
    case AuditEvent::RecoveryCodesMade:
      return "recovery_codes_made";
    case AuditEvent::RecoveryCodeUsed:
      return "recovery_code_used";
    case AuditEvent::EmailVerified:
      return "email_verified";
    case AuditEvent::PasswordResetRequested:
      return "password_reset_requested";
    case AuditEvent::PasswordReset:
      return "password_reset";
    case AuditEvent::MailGivenUp:
      return "mail_given_up";
    case AuditEvent::IdentityLinked:
      return "identity_linked";
    case AuditEvent::IdentityUnlinked:
      return "identity_unlinked";
    case AuditEvent::FactorAdded:
      return "factor_added";
    case AuditEvent::FactorRemoved:
      return "factor_removed";
    case AuditEvent::ClientRegistered:
      return "client_registered";
    case AuditEvent::ClientChanged:
      return "client_changed";
    case AuditEvent::ClientDeleted:
      return "client_deleted";
    case AuditEvent::ConsentGiven:
      return "consent_given";
    case AuditEvent::ConsentWithdrawn:
      return "consent_withdrawn";
    case AuditEvent::GrantIssued:
      return "grant_issued";
    case AuditEvent::GrantRevoked:
      return "grant_revoked";
    case AuditEvent::CodeReplayed:
      return "code_replayed";
    case AuditEvent::SigningKeyRetired:
      return "signing_key_retired";
  }
  return "unknown";
}

AuditRow audit_row(Services& services, const AuditEntry& entry, const Origin& origin) {
  const Instant now = services.clock.now();
  return {.id = EventId::make(now, services.random),
          .at = now,
          .event = name_of(entry.event),
          .subject = printable_excerpt(entry.subject, kSubjectLimit),
          .detail = printable_excerpt(entry.detail, kDetailLimit),
          .address = printable_excerpt(origin.address, kAddressLimit),
          .request_id = printable_excerpt(origin.request_id, kRequestIdLimit)};
}

void record(Executor& executor, Services& services, const AuditEntry& entry, const Origin& origin) {
  const AuditRow row = audit_row(services, entry, origin);
  executor.run(kInsertAudit, {row.id, row.at, row.event, entry.account, entry.actor, row.subject,
                              row.detail, row.address, row.request_id});
}

Result<Page<AuditRecord>> list_audit(Services& services, const AuditFilter& filter,
                                     const PageRequest& page) {
  const auto after = page_after_uuid(page);
  if (!after) return after.error();
  if (filter.event && !is_event(*filter.event))
    return Error{Errc::InvalidInput, "event", "unknown"};
  std::vector<AuditRecord> records;
  for (const Row& row :
       services.database.run(kListAudit, {*after, filter.account, filter.event, page.limit + 1}))
    records.push_back(read_record(row));
  return make_page(std::move(records), page, [](const AuditRecord& last) { return last.id.uuid; });
}

}  // namespace postern::domain

#include "domain/housekeeping.hpp"

#include "domain/sweep_table.hpp"

namespace postern::domain {
namespace {

/// Whoever polls reads the journal several times a second; who missed this much takes it as lost.
constexpr seconds kJournalRetention = hours(1);
/// So long whoever invited can see what became of it.
constexpr days kInviteRetention{30};
/// So long a link is looked for in the mail; then the username is free again.
constexpr days kUnconfirmedRetention{7};

constexpr Statement kSweepSessions{"sweep_sessions", R"sql(
  delete from postern.session where id in (
    select id from postern.session where expires_at <= $1
    limit $2 for update skip locked))sql"};

/// A thousand sessions behind $1, of which go those whose time without use was over at $2. In the
/// order of ids, since nothing is indexed that a refresh changes.
constexpr Statement kSweepIdleSessions{"sweep_idle_sessions", R"sql(
  with slice as materialized (
    select id, idle_expires_at from postern.session where id > $1 order by id limit 1000
  ), gone as (
    delete from postern.session where id in (
      select s.id from postern.session s join slice on slice.id = s.id
      where slice.idle_expires_at <= $2 and s.idle_expires_at <= $2
      for update of s skip locked)
    returning id
  )
  select (select id from slice order by id desc limit 1), (select count(*) from gone))sql"};
/// So long whoever comes too late is told that his session is over, and not that there is none.
constexpr days kIdleRetention{1};

constexpr Statement kSweepUnconfirmed{"sweep_unconfirmed", R"sql(
  delete from postern.account where id in (
    select id from postern.account
    where approve_when_verified and not is_approved and pending_email is not null
      and created_at <= $1
    limit $2 for update skip locked))sql"};

constexpr Statement kSweepInvites{"sweep_invites", R"sql(
  delete from postern.invite where id in (
    select id from postern.invite where expires_at <= $1
    limit $2 for update skip locked))sql"};

constexpr Statement kSweepMailLinks{"sweep_mail_links", R"sql(
  delete from postern.mail_link where id in (
    select id from postern.mail_link where expires_at <= $1
    limit $2 for update skip locked))sql"};

constexpr Statement kSweepSsoAttempts{"sweep_sso_attempts", R"sql(
  delete from postern.sso_attempt where state_hash in (
    select state_hash from postern.sso_attempt where expires_at <= $1
    limit $2 for update skip locked))sql"};

constexpr Statement kSweepEmailCodes{"sweep_email_codes", R"sql(
  delete from postern.email_code where (account_id, purpose) in (
    select account_id, purpose from postern.email_code where expires_at <= $1
    limit $2 for update skip locked))sql"};

constexpr Statement kSweepChallenges{"sweep_challenges", R"sql(
  delete from postern.used_challenge where challenge_hash in (
    select challenge_hash from postern.used_challenge where expires_at <= $1
    limit $2 for update skip locked))sql"};

constexpr Statement kSweepAudit{"sweep_audit", R"sql(
  delete from postern.audit where id in (
    select id from postern.audit where at <= $1 limit $2))sql"};

constexpr Statement kSweepNetworks{"sweep_networks", R"sql(
  delete from postern.known_network where (account_id, network) in (
    select account_id, network from postern.known_network where seen_at <= $1
    limit $2 for update skip locked))sql"};

/// A key this long revoked is from then on unknown instead of revoked; both refuse.
constexpr Statement kSweepTombstones{"sweep_tombstones", R"sql(
  delete from postern.api_key where id in (
    select id from postern.api_key where revoked_at <= $1
    limit $2 for update skip locked))sql"};

constexpr Statement kSweepJournal{"sweep_journal", R"sql(
  delete from postern.revocation where n in (
    select n from postern.revocation where at <= $1 limit $2))sql"};

}  // namespace

std::int64_t sweep_idle_sessions(Services& services) {
  const Instant until = services.clock.now() - kIdleRetention;
  std::int64_t deleted = 0;
  for (Uuid behind{};;) {
    const Rows rows = services.database.run(kSweepIdleSessions, {behind, until});
    const Row& row = rows.front();
    if (row.is_null(0)) return deleted;
    behind = row.uuid(0);
    deleted += row.integer(1);
  }
}

Sweep sweep(Services& services) {
  const Instant now = services.clock.now();
  const Settings& settings = services.settings;
  Sweep swept;
  swept.sessions = sweep_table(services, kSweepSessions, now);
  swept.invites = sweep_table(services, kSweepInvites, now - kInviteRetention);
  swept.mail_links = sweep_table(services, kSweepMailLinks, now);
  swept.sso_attempts = sweep_table(services, kSweepSsoAttempts, now);
  swept.email_codes = sweep_table(services, kSweepEmailCodes, now);
  swept.challenges = sweep_table(services, kSweepChallenges, now);
  swept.unconfirmed = sweep_table(services, kSweepUnconfirmed, now - kUnconfirmedRetention);
  swept.audit = sweep_table(services, kSweepAudit, now - settings.audit.retention);
  swept.networks = sweep_table(services, kSweepNetworks, now - settings.login_limit.known_network);
  swept.tombstones = sweep_table(services, kSweepTombstones, now - settings.audit.retention);
  swept.journal = sweep_table(services, kSweepJournal, now - kJournalRetention);
  swept.oauth = sweep_oauth(services);
  return swept;
}

}  // namespace postern::domain

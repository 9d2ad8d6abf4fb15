#include <algorithm>
#include <array>
#include <map>
#include <pqxx/pqxx>

#include "domain/connection_string.hpp"
#include "domain/database.hpp"
#include "domain/migrations.hpp"
#include "domain/sha256.hpp"
#include "domain/sql_state.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

/// Held while migrating: "postern" as a number. Advisory locks are per database.
constexpr Statement kLockMigrations{"lock_migrations",
                                    R"sql(select pg_advisory_lock(31651422917944686))sql"};
/// A migration that cannot have a lock soon gives up rather than queue the workers behind it.
constexpr Statement kBoundLockWaits{"bound_lock_waits", R"sql(set lock_timeout = '5s')sql"};
constexpr Statement kCreateRecord{"create_record", R"sql(
  create schema if not exists postern;
  create table if not exists postern.schema_migration (
    version    integer primary key,
    name       text not null,
    checksum   text not null,
    applied_at timestamptz not null
  );
  comment on table postern.schema_migration is 'The migrations that were applied.';
  comment on column postern.schema_migration.version is 'The number that its file starts with.';
  comment on column postern.schema_migration.name is 'The file''s name.';
  comment on column postern.schema_migration.checksum is 'SHA-256 of its text: an applied migration must not change.';
  comment on column postern.schema_migration.applied_at is 'When.';
)sql"};
constexpr Statement kListApplied{"list_applied",
                                 R"sql(select version, checksum from postern.schema_migration)sql"};
constexpr Statement kRecordMigration{"record_migration", R"sql(
  insert into postern.schema_migration (version, name, checksum, applied_at)
  values ($1, $2, $3, $4))sql"};
/// A role that is, or can become, the owner could change the schema. Superusers can always.
constexpr Statement kCheckRuntimeRole{"check_runtime_role", R"sql(
  select pg_has_role(r.rolname, current_user, 'member') from pg_roles r where r.rolname = $1)sql"};
/// Written by the server, so that the role's name is quoted by it. What is not granted here, the
/// runtime role does not have.
constexpr Statement kComposeGrants{"compose_grants", R"sql(
  select format($grants$
    revoke all on all tables in schema postern from %1$I;
    revoke all on all sequences in schema postern from %1$I;
    revoke all on all functions in schema postern from public, %1$I;
    revoke all on schema postern from public, %1$I;
    grant usage on schema postern to %1$I;
    grant select, insert, update, delete on all tables in schema postern to %1$I;
    revoke update on postern.audit from %1$I;
    revoke insert, delete on postern.revocation_clock from %1$I;
    revoke update on postern.revocation from %1$I;
    revoke insert, update, delete on postern.schema_migration from %1$I;
    grant usage on all sequences in schema postern to %1$I;
    grant execute on function postern.micros(timestamptz) to %1$I;
  $grants$, $1::text))sql"};

ConnectionLimits limits() {
  return {"postern migrate", std::chrono::seconds(10), std::chrono::milliseconds(0),
          std::chrono::seconds(60)};
}

std::string checksum_of(const Migration& migration) {
  return hex_encode(sha256(as_bytes(migration.sql)));
}

using Applied = std::map<int, std::string>;

Applied read_applied(pqxx::transaction_base& work) {
  Applied applied;
  for (const pqxx::row& row : work.exec(kListApplied.text))
    applied.emplace(row[0].as<int>(), row[1].as<std::string>());
  return applied;
}

/// What was applied must be the beginning of what we know, unchanged.
void check_history(const Applied& applied) {
  const int newest = applied.empty() ? 0 : applied.rbegin()->first;
  if (newest > latest_schema_version())
    throw DatabaseError("the database is at version " + std::to_string(newest) +
                        ", newer than this program's " + std::to_string(latest_schema_version()));
  for (const Migration& migration : embedded_migrations()) {
    if (migration.version > newest) break;
    const auto found = applied.find(migration.version);
    if (found == applied.end())
      throw DatabaseError("migration " + std::string(migration.name) + " was left out");
    if (found->second != checksum_of(migration))
      throw DatabaseError("migration " + std::string(migration.name) +
                          " is not the one that was applied");
  }
}

void apply(pqxx::connection& connection, const Migration& migration) {
  pqxx::work work(connection);
  work.exec(std::string(migration.sql));
  work.exec_params(kRecordMigration.text, migration.version, std::string(migration.name),
                   checksum_of(migration), rfc3339_micros(SystemClock().now()));
  work.commit();
}

void grant(pqxx::connection& connection, const std::string& role) {
  pqxx::work work(connection);
  const pqxx::result found = work.exec_params(kCheckRuntimeRole.text, role);
  if (found.empty()) throw DatabaseError("the runtime role does not exist");
  if (found[0][0].as<bool>())
    throw DatabaseError(
        "the runtime role could change the schema: it is, or can become, its owner");
  work.exec(work.exec_params1(kComposeGrants.text, role)[0].as<std::string>());
  work.commit();
}

MigrationReport migrate_over(pqxx::connection& connection, const std::string& runtime_role,
                             std::string& step) {
  step = "preparation";
  {
    pqxx::nontransaction work(connection);
    work.exec(kLockMigrations.text);
    work.exec(kBoundLockWaits.text);
  }
  Applied applied;
  {
    pqxx::work work(connection);
    work.exec(kCreateRecord.text);
    applied = read_applied(work);
    work.commit();
  }
  check_history(applied);
  const int from = applied.empty() ? 0 : applied.rbegin()->first;
  MigrationReport report{from, from, 0};
  for (const Migration& migration : embedded_migrations()) {
    if (migration.version <= from) continue;
    step = migration.name;
    apply(connection, migration);
    report.to_version = migration.version;
    ++report.applied;
  }
  step = "grants";
  grant(connection, runtime_role);
  return report;
}

}  // namespace

MigrationReport migrate(const std::string& owner_url, const std::string& runtime_role) {
  if (!is_clean_text(runtime_role)) throw DatabaseError("the runtime role's name is not text");
  std::string step = "connecting";
  try {
    // The advisory lock goes with the connection.
    pqxx::connection connection(connection_string(owner_url, limits()));
    const pqxx::quiet_errorhandler quiet(connection);
    return migrate_over(connection, runtime_role, step);
  } catch (const pqxx::insufficient_privilege&) {
    throw DatabaseError("42501 in " + step);  // libpqxx 6 drops the SQLSTATE of this one
  } catch (const pqxx::sql_error& error) {
    const std::string text = error.sqlstate() + " in " + step;
    if (classify(error.sqlstate()) == Failure::Defect) throw DatabaseError(text);
    throw DatabaseUnavailable(text);
  } catch (const pqxx::broken_connection&) {
    throw DatabaseUnavailable("connection lost in " + step);
  } catch (const pqxx::pqxx_exception&) {
    throw DatabaseUnavailable("outcome unknown of " + step);
  }
}

int latest_schema_version() {
  int latest = 0;
  for (const Migration& migration : embedded_migrations())
    latest = std::max(latest, migration.version);
  return latest;
}

}  // namespace postern::domain

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>

#include "cli/database_url.hpp"
#include "cli/doctor.hpp"
#include "cli/domain_host.hpp"
#include "cli/exit_code.hpp"
#include "domain/account.hpp"
#include "domain/dialect_profile.hpp"
#include "domain/migrations.hpp"
#include "domain/text.hpp"

namespace postern::cli {
namespace {

using domain::Requirement;
using domain::Statement;

/// The one place that asks the database for its time: to compare it with ours.
constexpr Statement kDatabaseClock{"database_clock", R"sql(
  select (extract(epoch from clock_timestamp()) * 1000000)::bigint
)sql"};

/// What the role could do to the schema: own a part of it, become its owner, create in it or in the
/// database, or do anything at all.
constexpr Statement kRolePowers{"role_powers", R"sql(
  select
    exists (select 1 from pg_class c where c.relowner = r.oid)
      or exists (select 1 from pg_proc p where p.proowner = r.oid)
      or exists (select 1 from pg_namespace n where n.nspowner = r.oid)
      or exists (select 1 from pg_database d where d.datdba = r.oid and d.datname = current_database()),
    exists (select 1 from pg_namespace n
            where n.nspname = 'postern' and pg_has_role(r.oid, n.nspowner, 'member')),
    has_schema_privilege(r.oid, 'postern', 'create')
      or has_database_privilege(r.oid, current_database(), 'create'),
    r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls
  from pg_roles r
  where r.rolname = current_user
)sql"};

constexpr std::chrono::seconds kClockTolerance{5};
constexpr std::chrono::year kEarliest{2026}, kLatest{2100};
constexpr const char* kOwnRole =
    "use a role of its own for database.url, made with `create role … login`, and run "
    "`postern migrate`, which grants it what it needs";

void examine_schema(Findings& findings, int found) {
  const auto known = domain::latest_schema_version();
  const auto text = "the schema is at version " + std::to_string(found);
  if (found == known) {
    findings.ok("schema", text);
  } else if (found < known) {
    findings.fail("schema", text + ", this program needs " + std::to_string(known),
                  "postern migrate");
  } else {
    findings.fail("schema", text + ", this program knows " + std::to_string(known),
                  "install the newer Postern that made it");
  }
}

void examine_role(Findings& findings, domain::Database& database, const std::string& name) {
  const auto rows = database.run(kRolePowers, {});
  const auto& row = rows.rows.at(0);
  const auto complain = [&](std::size_t column, const std::string& what) {
    if (row.boolean(column)) findings.fail("database role", name + " " + what, kOwnRole);
    return row.boolean(column);
  };
  bool any = complain(3, "is a superuser, or may create roles or databases or replicate");
  any |= complain(0, "owns a part of the database");
  any |= complain(1, "is, or can become, the owner of the schema");
  any |= complain(2, "may create things in the database");
  if (!any) findings.ok("database role", name + " owns nothing and can create nothing");
}

void examine_clock(Findings& findings, domain::Database& database) {
  const domain::SystemClock clock;
  const auto before = clock.now();
  const domain::Instant theirs{
      std::chrono::microseconds(database.run(kDatabaseClock, {}).front().integer(0))};
  judge_clocks(findings, before + (clock.now() - before) / 2, theirs);
}

void examine_signing_keys(Findings& findings, domain::Services& services) {
  try {
    services.signing_keys.load(services.database, services.ring, services.clock.now());
  } catch (const std::runtime_error& error) {
    findings.fail("signing keys", error.what(),
                  "put back the master key file that this database was set up with");
    return;
  }
  for (const auto algorithm : domain::kSigningAlgorithms) {
    if (services.signing_keys.ready(algorithm)) continue;
    findings.fail("signing keys",
                  "there is none of " + std::string(domain::name_of(algorithm)) + " that may sign",
                  "postern init");
    return;
  }
  findings.ok("signing keys", std::to_string(services.signing_keys.public_keys().size()) +
                                  " can be opened with the master key");
}

void examine_role_name(Findings& findings, domain::Services& services, const std::string& where,
                       const std::string& role) {
  if (!domain::role_permissions(services.database, role).ok()) {
    findings.fail("names", where + " names the role " + role + ", which does not exist",
                  "correct its name");
  }
}

bool is_known(const std::vector<domain::Permission>& permissions, const std::string& name) {
  return std::any_of(permissions.begin(), permissions.end(),
                     [&](const domain::Permission& each) { return each.name == name; });
}

/// Clients can be granted them, and they are worth nothing.
void examine_scopes(Findings& findings, const std::vector<domain::Permission>& permissions,
                    const domain::OAuthSettings& oauth) {
  for (const auto& resource : oauth.resources) {
    for (const auto& scope : resource.scopes) {
      if (is_known(permissions, scope)) continue;
      findings.warn("names",
                    "the oauth.resource " + resource.uri + " has the scope " + scope +
                        ", which is no permission that anybody has",
                    "correct its name, or give the permission to a role");
    }
  }
}

/// Roles and permissions that the settings name: a misspelt one would shut a page for ever.
void examine_names(Findings& findings, domain::Services& services, const Config& config) {
  examine_role_name(findings, services, "registration.role", config.domain.registration.role);
  const auto permissions = domain::list_permissions(services);
  for (const auto& rule : config.domain.policy.rules()) {
    const auto& asked = rule.requirement;
    const auto where = "the gate.rule for " + rule.path;
    if (asked.kind == Requirement::Kind::Role) {
      examine_role_name(findings, services, where, asked.name);
    }
    if (asked.kind == Requirement::Kind::Permission && !is_known(permissions, asked.name)) {
      findings.warn("names", where + " names the permission " + asked.name + ", which nobody has",
                    "correct its name, or give the permission to a role");
    }
  }
  examine_scopes(findings, permissions, config.domain.oauth);
  if (!domain::any_admin_exists(services)) {
    findings.warn("administrator", "there is none",
                  "postern init --admin NAME --admin-email ADDRESS --credentials-file FILE");
  }
}

void examine_content(Findings& findings, const Config& config) {
  std::unique_ptr<CommandHost> host;
  try {
    host = std::make_unique<CommandHost>(config);
  } catch (const CommandError&) {
    return;  // the master key's own finding says why
  }
  auto& services = host->services();
  findings.attempt("signing keys", [&] { examine_signing_keys(findings, services); });
  findings.attempt("names", [&] { examine_names(findings, services, config); });
}

}  // namespace

void judge_clocks(Findings& findings, domain::Instant ours, domain::Instant theirs) {
  const auto apart = std::chrono::duration_cast<std::chrono::milliseconds>(ours - theirs);
  const auto text = "this machine's clock and the database's are " +
                    std::to_string(std::abs(apart.count())) + " ms apart";
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(ours)};
  if (day.year() < kEarliest || day.year() > kLatest) {
    findings.fail("clock", "this machine believes it is " + domain::rfc3339(ours),
                  "set the clock, and keep it by NTP");
  } else if (std::chrono::abs(apart) > kClockTolerance) {
    findings.fail("clock", text, "keep both by NTP");
  } else {
    findings.ok("clock", text);
  }
}

void examine_database(Findings& findings, const Config& config) {
  const auto shown = mask_database_url(config.database.url);
  try {
    domain::Database database(database_options(config, "postern doctor"));
    const int version = database.schema_version();
    findings.ok("database", shown + " answers");
    examine_schema(findings, version);
    findings.attempt("clock", [&] { examine_clock(findings, database); });
    if (version == 0) return;
    findings.attempt("database role",
                     [&] { examine_role(findings, database, database_user(config.database.url)); });
    examine_content(findings, config);
  } catch (const std::exception& error) {
    findings.fail("database", shown + ": " + error.what(),
                  "start PostgreSQL, or correct database.url; its own log tells more");
  }
}

}  // namespace postern::cli

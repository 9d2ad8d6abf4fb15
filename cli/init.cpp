#include <algorithm>
#include <stdexcept>
#include <system_error>

#include "cli/commands.hpp"
#include "cli/domain_host.hpp"
#include "cli/first_admin.hpp"
#include "cli/output.hpp"
#include "cli/private_file.hpp"
#include "cli/refusal.hpp"
#include "domain/audit.hpp"
#include "domain/migrations.hpp"

namespace postern::cli {
namespace {

using domain::Statement;
using domain::Transaction;

/// Two inits at once, on this machine or on several over one database, go one after the other.
constexpr Statement kLockInit{"lock_init", R"sql(select pg_advisory_xact_lock(4918032267145))sql"};
constexpr Statement kAnySigningKey{"any_signing_key", R"sql(
  select exists (select 1 from postern.signing_key)
)sql"};

constexpr std::chrono::milliseconds kPatience{10000};
constexpr std::size_t kPasswordLength = 24;  // 142 bits

constexpr std::string_view kKeyFileComment =
    "# Postern's master key. Without it no session, key or token of this installation can be\n"
    "# checked again; with it and a copy of the database they can be forged. Keep a copy apart\n"
    "# from the database's backups.\n";

void demand_schema(domain::Database& database) {
  const auto found = database.schema_version();
  const auto known = domain::latest_schema_version();
  if (found == known) return;
  const auto versions = "the schema is at version " + std::to_string(found) +
                        ", this program needs " + std::to_string(known) + ": ";
  throw CommandError(kRefused, versions + (found < known ? "run `postern migrate` first"
                                                         : "install the newer Postern"));
}

/// Never overwrites, and never makes a second master key for a database that has had one: what was
/// sealed under the first would be lost for good without anybody noticing.
std::string ensure_master_key(Transaction& tx, const Config& config) {
  const auto& file = config.master_key_file;
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(file, error))) {
    return "The master key file " + file.string() + " exists already.";
  }
  if (tx.run(kAnySigningKey, {}).front().boolean(0)) {
    throw CommandError(kRefused, "the master key file " + file.string() +
                                     " is missing, but this database was set up with one; put it "
                                     "back from its backup");
  }
  domain::SodiumRandom random;
  const auto content = std::string(kKeyFileComment) + domain::KeyRing::make_line(1, random) + "\n";
  try {
    if (create_private_file(file, content))
      return "Made the master key file " + file.string() + ".";
  } catch (const std::system_error& failure) {
    throw CommandError(kRefused, std::string("keys.master_key_file: ") + failure.what());
  }
  return "The master key file " + file.string() + " exists already.";
}

/// Its kid.
std::string make_signing_key(domain::Services& services, domain::SigningAlgorithm algorithm) {
  return expect(services.database.transaction([&](Transaction& tx) -> domain::Result<std::string> {
    auto kid = domain::SigningKeys::create(tx, services.ring, services.random, services.clock.now(),
                                           {}, algorithm);
    domain::AuditEntry entry;
    entry.event = domain::AuditEvent::SigningKeyCreated;
    entry.subject = kid;
    domain::record(tx, services, entry, CommandHost::origin());
    return kid;
  }),
                "signing key");
}

std::string ensure_signing_keys(domain::Services& services, const Config& config) {
  try {
    services.signing_keys.load(services.database, services.ring, services.clock.now());
  } catch (const domain::DatabaseError&) {
    throw;
  } catch (const domain::DatabaseUnavailable&) {
    throw;
  } catch (const std::runtime_error& error) {
    throw CommandError(kRefused, std::string(error.what()) + "; keys.master_key_file is " +
                                     config.master_key_file.string() + ": put the right file back");
  }
  std::string made;
  for (const auto algorithm : domain::kSigningAlgorithms) {
    if (services.signing_keys.ready(algorithm)) continue;
    if (!made.empty()) made += "\n";
    made += "Made the signing key " + make_signing_key(services, algorithm) + " (" +
            std::string(domain::name_of(algorithm)) + ").";
  }
  return made.empty() ? "The signing keys exist already." : made;
}

std::string run_steps(Transaction& tx, const Config& config, const InitOptions& options) {
  tx.run(kLockInit, {});
  auto report = ensure_master_key(tx, config) + "\n";
  CommandHost host(config);
  report += ensure_signing_keys(host.services(), config) + "\n";
  if (options.admin) {
    FirstAdmin admin{*options.admin, options.admin_email.value_or(""), options.credentials_file,
                     std::max<std::size_t>(kPasswordLength, config.domain.password.min_length)};
    report += ensure_first_admin(host.services(), admin) + "\n";
  }
  return report;
}

}  // namespace

int init(const ConfigFiles& files, const InitOptions& options) {
  const auto loaded = load_config(files);
  auto lock_options = database_options(loaded.config, "postern init");
  // The lock's connection is idle while the password is hashed on another one.
  lock_options.statement_timeout = std::max(lock_options.statement_timeout, kPatience);
  domain::Database database(lock_options);
  demand_schema(database);
  std::string report;
  (void)expect(database.transaction([&](Transaction& tx) -> domain::Outcome {
    report = run_steps(tx, loaded.config, options);
    return domain::done;
  }),
               "init");
  print(report);
  return kOk;
}

}  // namespace postern::cli

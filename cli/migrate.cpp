#include <json/value.h>

#include "cli/commands.hpp"
#include "cli/database_url.hpp"
#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "domain/migrations.hpp"

namespace postern::cli {
namespace {

void report_json(const domain::MigrationReport& report, const std::string& role) {
  Json::Value json;
  json["from_version"] = report.from_version;
  json["to_version"] = report.to_version;
  json["applied"] = report.applied;
  json["runtime_role"] = role;
  print_json(json);
}

void report_text(const domain::MigrationReport& report, const std::string& role) {
  const auto version = std::to_string(report.to_version);
  std::string text = report.applied == 0
                         ? "The schema is at version " + version + " already"
                         : "Applied " + std::to_string(report.applied) +
                               " migration(s): the schema went from version " +
                               std::to_string(report.from_version) + " to " + version;
  print(text + ".\nThe role " + printable(role) + " may read and write its rows, nothing more.\n");
}

}  // namespace

int migrate(const ConfigFiles& files, bool json) {
  const auto config = load_config(files).config;
  if (config.database.owner_url.empty()) {
    throw CommandError(kConfiguration,
                       "database.owner_url is not set: migrating needs the role that owns the "
                       "schema, beside database.url for the workers");
  }
  const auto role = database_user(config.database.url);
  const auto report = domain::migrate(config.database.owner_url, role);
  if (json) {
    report_json(report, role);
  } else {
    report_text(report, role);
  }
  return kOk;
}

}  // namespace postern::cli

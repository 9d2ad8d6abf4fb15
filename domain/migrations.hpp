#pragma once

#include <span>
#include <string>
#include <string_view>

namespace postern::domain {

struct Migration {
  int version;            ///< The number its file starts with; applied in this order, each once.
  std::string_view name;  ///< The file's name without its ending.
  std::string_view sql;   ///< Run in one transaction together with the row that records it.
};

/// The files of sql/, compiled in.
[[nodiscard]] std::span<const Migration> embedded_migrations();

struct MigrationReport {
  int from_version;  ///< 0 for an empty database.
  int to_version;
  int applied;
};

/// Brings the database at `owner_url` to the newest version and grants `runtime_role` what the
/// workers need: reading and writing rows, nothing that owns or changes the schema. An advisory
/// lock makes two runners wait for each other; running it again changes nothing. Refuses a database
/// that is newer than this program. Throws DatabaseError or DatabaseUnavailable.
MigrationReport migrate(const std::string& owner_url, const std::string& runtime_role);

/// The newest version this program knows.
[[nodiscard]] int latest_schema_version();

}  // namespace postern::domain

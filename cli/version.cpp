#include <json/value.h>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "domain/migrations.hpp"

namespace postern::cli {

int version(bool json) {
  if (json) {
    Json::Value value;
    value["version"] = POSTERN_VERSION;
    value["schema_version"] = domain::latest_schema_version();
    print_json(value);
  } else {
    print("postern " POSTERN_VERSION " (schema " + std::to_string(domain::latest_schema_version()) +
          ")\n");
  }
  return kOk;
}

}  // namespace postern::cli

#include "domain/role.hpp"

#include <json/value.h>

#include "cli/commands.hpp"
#include "cli/domain_host.hpp"
#include "cli/output.hpp"
#include "cli/refusal.hpp"

namespace postern::cli {
namespace {

Json::Value json_of(const domain::Role& role) {
  Json::Value json;
  json["name"] = role.name;
  json["description"] = role.description;
  json["permissions"] = Json::arrayValue;
  for (const auto& permission : role.permissions) json["permissions"].append(permission);
  json["built_in"] = role.built_in;
  json["accounts"] = Json::Int64{role.accounts};
  return json;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : " ") + printable(name);
  return text.empty() ? "-" : text;
}

std::string named(const std::string& name) {
  return "role '" + printable(name) + "'";
}

}  // namespace

int role_list(const ConfigFiles& files, bool json_wanted) {
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  const auto roles = domain::list_roles(host.services());
  if (json_wanted) {
    Json::Value json(Json::arrayValue);
    for (const auto& role : roles) json.append(json_of(role));
    print_json(json);
    return kOk;
  }
  Table table({"NAME", "ACCOUNTS", "PERMISSIONS"});
  for (const auto& role : roles)
    table.add({printable(role.name), std::to_string(role.accounts), joined(role.permissions)});
  print(table.text());
  return kOk;
}

int role_show(const ConfigFiles& files, const std::string& name, bool json_wanted) {
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  const auto role = expect(domain::find_role(host.services(), name), named(name));
  if (json_wanted) {
    print_json(json_of(role));
    return kOk;
  }
  print("name         " + printable(role.name) + "\ndescription  " + printable(role.description) +
        "\npermissions  " + joined(role.permissions) + "\naccounts     " +
        std::to_string(role.accounts) + "\nbuilt in     " + (role.built_in ? "yes" : "no") + "\n");
  return kOk;
}

int role_set(const ConfigFiles& files, const RoleSetOptions& options) {
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  domain::RoleChange change;
  change.permissions = options.permissions;
  change.description = options.description;
  const auto role = expect(
      domain::put_role(host.services(), options.name, change, std::nullopt, CommandHost::origin()),
      named(options.name));
  host.settle();
  print("Role " + role.name + " now permits: " + joined(role.permissions) + "\n");
  return kOk;
}

int role_delete(const ConfigFiles& files, const std::string& name) {
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  (void)expect(domain::delete_role(host.services(), name, std::nullopt, CommandHost::origin()),
               named(name));
  print("Role " + printable(name) + " is deleted.\n");
  return kOk;
}

}  // namespace postern::cli

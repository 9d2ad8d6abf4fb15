#include <json/value.h>

#include <algorithm>

#include "cli/commands.hpp"
#include "cli/config_rules.hpp"
#include "cli/database_url.hpp"
#include "cli/exit_code.hpp"
#include "cli/output.hpp"

namespace postern::cli {
namespace {

struct ShownRule {
  const domain::Rule& rule;
  const Place& place;
};

std::vector<ShownRule> rules_of(const LoadedConfig& loaded) {
  std::vector<ShownRule> shown;
  const auto& rules = loaded.config.domain.policy.rules();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    shown.push_back({rules[i], loaded.rule_places.at(i)});
  }
  return shown;
}

Json::Value json_of(const Place& place) {
  if (place.file.empty()) return "default";
  Json::Value json;
  json["file"] = place.file;
  json["line"] = place.line;
  return json;
}

Json::Value json_of(const Key& key, const Value& value) {
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean;
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return static_cast<Json::Int64>(*number);
  }
  return masked(key, std::get<std::string>(value));
}

Json::Value json_of(const ShownRule& shown) {
  Json::Value json;
  json["path"] = shown.rule.path;
  json["methods"] = Json::arrayValue;
  for (const auto& method : shown.rule.methods) json["methods"].append(method);
  json["allow"] = text_of(shown.rule.requirement);
  json["from"] = json_of(shown.place);
  return json;
}

Json::Value json_of(const PlacedProvider& placed) {
  const auto& provider = placed.provider;
  Json::Value json;
  json["name"] = provider.name;
  json["title"] = provider.title;
  json["issuer"] = provider.issuer;
  json["client_id"] = provider.client_id;
  json["client_secret"] = provider.client_secret.empty() ? "" : std::string(kMask);
  json["client_secret_file"] = placed.client_secret_file;
  json["scopes"] = provider.scopes;
  json["tenants"] = Json::arrayValue;
  for (const auto& tenant : provider.tenants) json["tenants"].append(tenant);
  json["link_verified_email"] = provider.rules.link_verified_email;
  json["create_accounts"] = provider.rules.create_accounts;
  json["role"] = provider.rules.role;
  json["trust_second_factor"] = provider.trust_second_factor;
  json["ca_file"] = provider.ca_file;
  json["from"] = json_of(placed.place);
  return json;
}

Json::Value json_of(const PlacedResource& placed) {
  const auto& resource = placed.resource;
  Json::Value json;
  json["uri"] = resource.uri;
  json["name"] = resource.name;
  json["scopes"] = Json::arrayValue;
  for (const auto& scope : resource.scopes) json["scopes"].append(scope);
  if (resource.path) json["path"] = resource.path->empty() ? "/" : *resource.path;
  json["from"] = json_of(placed.place);
  return json;
}

void show_json(const LoadedConfig& loaded) {
  Json::Value json;
  for (const auto& value : loaded.values) {
    auto& entry = json["values"][value.key->name];
    entry["value"] = json_of(*value.key, value.value);
    entry["from"] = json_of(value.place);
  }
  json["rules"] = Json::arrayValue;
  for (const auto& shown : rules_of(loaded)) json["rules"].append(json_of(shown));
  json["providers"] = Json::arrayValue;
  for (const auto& placed : loaded.providers) json["providers"].append(json_of(placed));
  json["resources"] = Json::arrayValue;
  for (const auto& placed : loaded.resources) json["resources"].append(json_of(placed));
  print_json(json);
}

/// "server.api.listen" -> section "server.api", name "listen".
std::pair<std::string, std::string> split_name(const std::string& name) {
  const auto dot = name.rfind('.');
  return {name.substr(0, dot), name.substr(dot + 1)};
}

std::string with_place(std::string line, const Place& place) {
  constexpr std::size_t kColumn = 52;
  line.resize(std::max(line.size() + 1, kColumn), ' ');
  return line + "# " + printable(place.text()) + "\n";
}

std::string rule_text(const ShownRule& shown) {
  auto text = "\n" + with_place("[[gate.rule]]", shown.place);
  text += "path = " + toml_text(shown.rule.path) + "\n";
  std::string methods;
  for (const auto& method : shown.rule.methods) {
    methods += (methods.empty() ? "" : ", ") + toml_text(method);
  }
  if (!methods.empty()) text += "methods = [" + methods + "]\n";
  return text + "allow = " + toml_text(text_of(shown.rule.requirement)) + "\n";
}

/// A table of a list, but for what is empty in it.
std::string table_text(const std::string& list, const Json::Value& shown, const Place& place) {
  auto text = "\n" + with_place("[[" + list + "]]", place);
  for (const auto& name : shown.getMemberNames()) {
    const auto& value = shown[name];
    if (name == "from") continue;
    if (value.isBool()) {
      text += name + " = " + toml_text(value.asBool()) + "\n";
    } else if (value.isString() && !value.asString().empty()) {
      text += name + " = " + toml_text(value.asString()) + "\n";
    } else if (value.isArray() && !value.empty()) {
      std::string items;
      for (const auto& item : value) {
        items += (items.empty() ? "" : ", ") + toml_text(item.asString());
      }
      text += name + " = [" + items + "]\n";
    }
  }
  return text;
}

void show_text(const LoadedConfig& loaded) {
  std::string text, section;
  for (const auto& value : loaded.values) {
    const auto [in, name] = split_name(value.key->name);
    if (in != section) text += (text.empty() ? "[" : "\n[") + in + "]\n";
    section = in;
    text += with_place(name + " = " + shown_text(*value.key, value.value), value.place);
  }
  for (const auto& shown : rules_of(loaded)) text += rule_text(shown);
  for (const auto& placed : loaded.providers) {
    text += table_text("sso.provider", json_of(placed), placed.place);
  }
  for (const auto& placed : loaded.resources) {
    text += table_text("oauth.resource", json_of(placed), placed.place);
  }
  print(text);
}

}  // namespace

int config_check(const ConfigFiles& files) {
  try {
    (void)load_config(files);
  } catch (const ConfigError& error) {
    for (const auto& problem : error.problems()) complain(printable(problem.text()));
    return kRefused;
  }
  const auto also = files.extra.empty() ? "" : " with " + printable(files.extra) + " upon it";
  print("The configuration is good: " + printable(files.base) + also + "\n");
  return kOk;
}

int config_show(const ConfigFiles& files, bool json) {
  const auto loaded = load_config(files);
  if (json) {
    show_json(loaded);
  } else {
    show_text(loaded);
  }
  return kOk;
}

}  // namespace postern::cli

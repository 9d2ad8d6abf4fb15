#include <json/value.h>

#include <algorithm>

#include "cli/commands.hpp"
#include "cli/config_rules.hpp"
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

void show_json(const LoadedConfig& loaded) {
  Json::Value json;
  for (const auto& value : loaded.values) {
    auto& entry = json["values"][value.key->name];
    entry["value"] = json_of(*value.key, value.value);
    entry["from"] = json_of(value.place);
  }
  json["rules"] = Json::arrayValue;
  for (const auto& shown : rules_of(loaded)) json["rules"].append(json_of(shown));
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

void show_text(const LoadedConfig& loaded) {
  std::string text, section;
  for (const auto& value : loaded.values) {
    const auto [in, name] = split_name(value.key->name);
    if (in != section) text += (text.empty() ? "[" : "\n[") + in + "]\n";
    section = in;
    text += with_place(name + " = " + shown_text(*value.key, value.value), value.place);
  }
  for (const auto& shown : rules_of(loaded)) text += rule_text(shown);
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

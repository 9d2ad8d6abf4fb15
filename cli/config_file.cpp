#include "cli/config_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "cli/config_relations.hpp"
#include "cli/config_rules.hpp"
#include "handlers/oauth/endpoints.hpp"

namespace postern::cli {
namespace {

using Type = TomlNode::Type;
using Found = std::map<std::string, const TomlNode*, std::less<>>;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_section(std::string_view path) {
  const auto keys = config_keys();
  return std::any_of(keys.begin(), keys.end(), [path](const Key& key) {
    return key.name.size() > path.size() && key.name.starts_with(path) &&
           key.name[path.size()] == '.';
  });
}

/// Edits between two short names (Levenshtein), for "did you mean".
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto kept = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, kept});
    }
  }
  return row.back();
}

std::string unknown_message(std::string_view path) {
  constexpr std::size_t kNear = 3, kLongest = 100;
  const Key* nearest = nullptr;
  auto best = kNear + 1;
  if (path.size() <= kLongest) {
    for (const auto& key : config_keys()) {
      const auto edits = distance(path, key.name);
      if (edits < best) best = edits, nearest = &key;
    }
  }
  if (nearest == nullptr) return "is no key or section of Postern's (docs/configuration.md)";
  return "is no key of Postern's; did you mean " + nearest->name + "?";
}

/// Sorts what was written into known keys, the rules, and problems.
void collect(const TomlNode& table, const std::string& prefix, Found& found,
             std::vector<Problem>& problems) {
  for (const auto& [name, node] : table.members) {
    const auto path = prefix.empty() ? name : prefix + "." + name;
    const bool is_list = path == "gate.rule" || path == "sso.provider" || path == "oauth.resource";
    if (is_list || find_config_key(path) != nullptr) {
      found.emplace(path, &node);
    } else if (!is_section(path)) {
      problems.push_back({node.place, path, unknown_message(path)});
    } else if (node.type != Type::Table) {
      problems.push_back({node.place, path, "is a section: write [" + path + "]"});
    } else {
      collect(node, path, found, problems);
    }
  }
}

std::optional<Value> value_of(const TomlNode& node) {
  switch (node.type) {
    case Type::Boolean:
      return Value(node.boolean);
    case Type::Integer:
      return Value(node.integer);
    case Type::Text:
      return Value(node.text);
    default:
      return std::nullopt;
  }
}

/// What was written instead, where it helps and is no secret.
std::string instead(const Key& key, const TomlNode& node, const std::optional<Value>& value) {
  const bool secret = key.kind == Key::Kind::Secret || key.kind == Key::Kind::Password;
  if (secret && node.type == Type::Text) return "";
  if (!value || toml_text(*value).size() > 80) return ", but is " + std::string(name_of(node.type));
  return ", but is " + toml_text(*value);
}

/// None: a problem was added instead.
std::optional<EffectiveValue> effective(const Key& key, const Found& found, const std::string& file,
                                        std::vector<Problem>& problems) {
  const auto written = found.find(key.name);
  if (written == found.end()) {
    if (key.fallback) return EffectiveValue{&key, *key.fallback, {}};
    problems.push_back({{file, 0}, key.name, "is required: " + allowed(key)});
    return std::nullopt;
  }
  const auto& node = *written->second;
  auto value = value_of(node);
  if (value && accepts(key, *value)) return EffectiveValue{&key, std::move(*value), node.place};
  problems.push_back({node.place, key.name, "must be " + allowed(key) + instead(key, node, value)});
  return std::nullopt;
}

[[noreturn]] void fail(std::vector<Problem> problems) {
  std::stable_sort(problems.begin(), problems.end(),
                   [](const Problem& a, const Problem& b) { return a.place < b.place; });
  throw ConfigError(std::move(problems));
}

TomlNode read_all(const ConfigFiles& files) {
  std::vector<Problem> problems;
  TomlNode root;
  for (const auto& file : {files.base, files.extra}) {
    if (file.empty()) continue;
    auto read = read_toml(file);
    if (auto* problem = std::get_if<Problem>(&read)) {
      problems.push_back(std::move(*problem));
    } else {
      layer(root, std::get<TomlNode>(read));
    }
  }
  if (!problems.empty()) fail(std::move(problems));
  return root;
}

void apply_rules(LoadedConfig& loaded, const std::vector<PlacedRule>& placed,
                 std::vector<Problem>& problems) {
  std::vector<domain::Rule> rules;
  for (const auto& [rule, place] : placed) {
    rules.push_back(rule);
    loaded.rule_places.push_back(place);
  }
  auto policy = domain::Policy::make(std::move(rules));
  if (policy.ok()) {
    loaded.config.domain.policy = std::move(policy).value();
  } else if (problems.empty()) {  // otherwise one of them was complained about already
    problems.push_back({placed.front().place, "gate.rule",
                        "the rules together are refused: " + policy.error().reason});
  }
}

/// Half of the API's workers may wait for a provider, a few for what clients name, and, but for a
/// worker that is alone, there is always one that waits for nobody (rule R9).
void share_workers(handlers::Settings& settings, unsigned workers) {
  constexpr unsigned kMostFetches = 4;
  settings.sso.outgoing = std::max(1U, workers / 2);
  const unsigned others = workers - settings.sso.outgoing;
  settings.oauth.fetches = others < 2 ? 0 : std::min(kMostFetches, others - 1);
}

void apply_providers(LoadedConfig& loaded, const TomlNode& written,
                     std::vector<Problem>& problems) {
  auto& sso = loaded.config.handlers.sso;
  loaded.providers = read_providers(written, problems);
  for (const auto& placed : loaded.providers) sso.providers.push_back(placed.provider);
  share_workers(loaded.config.handlers, loaded.config.server.api.workers);
}

void apply_resources(LoadedConfig& loaded, const TomlNode* written,
                     std::vector<Problem>& problems) {
  auto& settings = loaded.config.domain;
  if (written != nullptr) {
    const std::string site(handlers::oauth::origin_of(settings.oauth.issuer));
    loaded.resources = read_resources(*written, site, problems);
  }
  // One goes without saying.
  if (loaded.resources.empty()) loaded.resources.push_back({resource_of_site(settings), {}});
  std::vector<domain::OAuthResource> resources;
  for (const auto& placed : loaded.resources) resources.push_back(placed.resource);
  settings.oauth.resources = std::move(resources);
}

/// Only between keys that are acceptable by themselves: the others have been complained about.
void judge_relations(const LoadedConfig& loaded, const std::string& file,
                     std::vector<Problem>& problems) {
  const auto find = [&](const std::string& name) -> const EffectiveValue* {
    for (const auto& value : loaded.values) {
      if (value.key->name == name) return &value;
    }
    return nullptr;
  };
  for (auto& broken : check_relations(loaded.config)) {
    const auto* key = find(broken.key);
    const auto* other = find(broken.other);
    if (key == nullptr || other == nullptr) continue;
    auto place = key->place.file.empty() ? other->place : key->place;
    if (place.file.empty()) place.file = file;
    problems.push_back({std::move(place), std::move(broken.key), std::move(broken.message)});
  }
}

std::string joined(const std::vector<Problem>& problems) {
  std::string text;
  for (const auto& problem : problems) text += (text.empty() ? "" : "; ") + problem.text();
  return text;
}

}  // namespace

ConfigFiles config_files(const std::string& option) {
  ConfigFiles files{option, environment("POSTERN_CONFIG_EXTRA")};
  if (files.base.empty()) files.base = environment("POSTERN_CONFIG");
  if (files.base.empty()) files.base = kDefaultConfigFile;
  return files;
}

ConfigError::ConfigError(std::vector<Problem> problems)
    : std::runtime_error(joined(problems)), problems_(std::move(problems)) {}

LoadedConfig check_config(const TomlNode& root, const std::string& file) {
  std::vector<Problem> problems;
  Found found;
  collect(root, "", found, problems);
  LoadedConfig loaded;
  for (const auto& key : config_keys()) {
    auto value = effective(key, found, file, problems);
    if (!value) continue;
    key.apply(loaded.config, value->value);
    loaded.values.push_back(std::move(*value));
  }
  std::vector<PlacedRule> rules;
  if (const auto written = found.find("gate.rule"); written != found.end()) {
    rules = read_rules(*written->second, problems);
  }
  apply_rules(loaded, rules, problems);
  if (const auto written = found.find("sso.provider"); written != found.end()) {
    apply_providers(loaded, *written->second, problems);
  }
  const auto resources = found.find("oauth.resource");
  apply_resources(loaded, resources == found.end() ? nullptr : resources->second, problems);
  judge_relations(loaded, file, problems);
  if (!problems.empty()) fail(std::move(problems));
  return loaded;
}

LoadedConfig load_config(const ConfigFiles& files) {
  return check_config(read_all(files), files.base);
}

}  // namespace postern::cli

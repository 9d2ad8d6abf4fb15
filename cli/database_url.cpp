#include "cli/database_url.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "fcgi/percent.hpp"

namespace postern::cli {
namespace {

/// A piece of the text that holds a value, and what it says.
struct Field {
  std::string name, value;
  std::size_t begin = 0, end = 0;
};
using Fields = std::optional<std::vector<Field>>;

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_secret(std::string_view name) {
  return name == "password" || name == "sslpassword";
}

/// What libpq does not take either: an escaped NUL.
std::optional<std::string> decoded(std::string_view text) {
  if (text.find("%00") != std::string_view::npos) return std::nullopt;
  return fcgi::percent_decode(text, false);
}

/// Adds the percent-encoded field text[begin, end); false when it cannot be decoded.
bool add(std::vector<Field>& fields, std::string name, std::string_view text, std::size_t begin,
         std::size_t end) {
  auto value = decoded(text.substr(begin, end - begin));
  if (!value) return false;
  fields.push_back({std::move(name), std::move(*value), begin, end});
  return true;
}

/// `name=value` pairs after the '?'.
bool parse_query(std::vector<Field>& fields, std::string_view text, std::size_t begin) {
  while (begin < text.size()) {
    const auto end = std::min(text.find('&', begin), text.size());
    const auto equals = text.find('=', begin);
    if (equals == std::string_view::npos || equals >= end) return false;
    auto name = decoded(text.substr(begin, equals - begin));
    if (!name || !add(fields, std::move(*name), text, equals + 1, end)) return false;
    begin = end + 1;
  }
  return true;
}

/// Credentials end at the '@'. A second '@', or a '/' before it, is a password that was not
/// percent-encoded: libpq and a reader would cut it at different places.
Fields parse_uri(std::string_view text, std::size_t begin) {
  std::vector<Field> fields;
  const auto query = std::min(text.find('?', begin), text.size());
  const auto path = std::min(text.find('/', begin), query);
  const auto at = text.substr(0, query).find('@', begin);
  auto hosts = begin;
  if (at != std::string_view::npos) {
    if (at > path || text.substr(0, query).find('@', at + 1) != std::string_view::npos) return {};
    const auto colon = std::min(text.find(':', begin), at);
    if (colon > begin && !add(fields, "user", text, begin, colon)) return {};
    if (colon < at && !add(fields, "password", text, colon + 1, at)) return {};
    hosts = at + 1;
  } else if (text.substr(query).find('@') != std::string_view::npos &&
             text.substr(begin, query - begin).find(':') != std::string_view::npos) {
    return {};  // user:pass?word@host
  }
  // Ports stand within host here; nobody asks for them.
  if (hosts < path && !add(fields, "host", text, hosts, path)) return {};
  if (path < query && path + 1 < query && !add(fields, "dbname", text, path + 1, query)) return {};
  if (query < text.size() && !parse_query(fields, text, query + 1)) return {};
  return fields;
}

/// A value in the keyword form from `at` on, quoted or not; moves `at` behind it.
std::optional<std::string> parse_value(std::string_view text, std::size_t& at) {
  std::string value;
  const bool quoted = at < text.size() && text[at] == '\'';
  if (quoted) ++at;
  while (at < text.size() && (quoted ? text[at] != '\'' : !is_space(text[at]))) {
    if (text[at] == '\\' && ++at == text.size()) return std::nullopt;
    value += text[at++];
  }
  if (quoted && at++ >= text.size()) return std::nullopt;
  return value;
}

Fields parse_keywords(std::string_view text) {
  std::vector<Field> fields;
  std::size_t at = 0;
  const auto skip = [&] {
    while (at < text.size() && is_space(text[at])) ++at;
  };
  for (skip(); at < text.size(); skip()) {
    const auto begin = at;
    while (at < text.size() && text[at] != '=' && !is_space(text[at])) ++at;
    std::string name(text.substr(begin, at - begin));
    skip();
    if (name.empty() || at >= text.size() || text[at] != '=') return {};
    ++at;
    skip();
    const auto value_begin = at;
    auto value = parse_value(text, at);
    if (!value) return {};
    fields.push_back({std::move(name), std::move(*value), value_begin, at});
  }
  return fields;
}

Fields parse_either(std::string_view url) {
  for (const std::string_view scheme : {"postgresql://", "postgres://"}) {
    if (url.starts_with(scheme)) return parse_uri(url, scheme.size());
  }
  if (url.find("://") != std::string_view::npos && url.find('=') == std::string_view::npos) {
    return {};
  }
  return parse_keywords(url);
}

/// libpq expands a dbname that is itself a connection string: a password could hide in there.
Fields parse(std::string_view url) {
  auto fields = parse_either(url);
  if (!fields) return {};
  for (const auto& field : *fields) {
    if (field.name == "dbname" && field.value.find_first_of("=@") != std::string::npos) return {};
    if (field.name == "dbname" && field.value.find("://") != std::string::npos) return {};
  }
  return fields;
}

}  // namespace

std::optional<DatabaseParameters> parse_database_url(std::string_view url) {
  auto fields = parse(url);
  if (!fields) return std::nullopt;
  DatabaseParameters parameters;
  for (auto& field : *fields) {
    parameters.emplace_back(std::move(field.name), std::move(field.value));
  }
  return parameters;
}

std::optional<std::string> database_parameter(std::string_view url, std::string_view name) {
  std::optional<std::string> found;
  for (auto& [key, value] : parse_database_url(url).value_or(DatabaseParameters{})) {
    if (key == name) found = std::move(value);
  }
  return found;
}

std::string database_user(std::string_view url) {
  const auto user = database_parameter(url, "user");
  if (user && !user->empty()) return *user;
  if (const char* name = std::getenv("PGUSER"); name != nullptr && *name != '\0') return name;
  const auto* entry = getpwuid(geteuid());
  return entry != nullptr ? entry->pw_name : "";
}

std::string mask_database_url(std::string_view url) {
  if (url.empty()) return "";
  auto fields = parse(url);
  if (!fields) return std::string(kMask);
  std::string masked(url);
  std::sort(fields->begin(), fields->end(),
            [](const Field& a, const Field& b) { return a.begin > b.begin; });
  for (const auto& field : *fields) {
    if (is_secret(field.name)) masked.replace(field.begin, field.end - field.begin, kMask);
  }
  return masked;
}

}  // namespace postern::cli

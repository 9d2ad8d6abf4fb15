#include "handlers/route.hpp"

#include <algorithm>
#include <vector>

#include "domain/text.hpp"

namespace postern::handlers {
namespace {

using PathValues = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t kUserAgentBytes = 256;

std::vector<std::string_view> segments(std::string_view path, bool trailing_slash_optional) {
  if (trailing_slash_optional && path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  std::vector<std::string_view> parts;
  for (std::size_t start = 1; start <= path.size();) {
    const auto slash = std::min(path.find('/', start), path.size());
    parts.push_back(path.substr(start, slash - start));
    start = slash + 1;
  }
  return parts;
}

bool is_name(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

/// `{name...}`: all that is left.
bool is_rest(std::string_view segment) {
  return is_name(segment) && segment.ends_with("...}");
}

/// One character a segment of the pattern, 'l' for a literal, 'n' for a name and 'r' for the rest:
/// the smaller text is the closer match. None when the pattern does not match.
std::optional<std::string> closeness(const std::vector<std::string_view>& pattern,
                                     const std::vector<std::string_view>& path) {
  const bool open = is_rest(pattern.back());
  if (open ? path.size() < pattern.size() : path.size() != pattern.size()) return std::nullopt;
  std::string kinds;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool name = is_name(pattern[i]);
    if (name ? path[i].empty() : pattern[i] != path[i]) return std::nullopt;
    kinds += is_rest(pattern[i]) ? 'r' : name ? 'n' : 'l';
  }
  return kinds;
}

/// The end of the path that begins with this segment of it.
std::string rest_from(const std::vector<std::string_view>& path, std::size_t first) {
  std::string rest(path[first]);
  for (std::size_t i = first + 1; i < path.size(); ++i) rest.append("/").append(path[i]);
  return rest;
}

PathValues values_of(const std::vector<std::string_view>& pattern,
                     const std::vector<std::string_view>& path) {
  PathValues values;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const auto segment = pattern[i];
    if (is_rest(segment)) {
      values.emplace(segment.substr(1, segment.size() - 5), rest_from(path, i));
    } else if (is_name(segment)) {
      values.emplace(segment.substr(1, segment.size() - 2), path[i]);
    }
  }
  return values;
}

std::string_view without_prefix(std::string_view path, std::string_view prefix) {
  if (prefix.empty() || !path.starts_with(prefix)) return path;
  const auto rest = path.substr(prefix.size());
  if (rest.empty()) return "/";
  return rest.front() == '/' ? rest : path;
}

void append_method(std::string& allow, std::string_view method) {
  if (!allow.empty()) allow += ", ";
  allow += method;
  if (method == "GET") allow += ", HEAD";
}

}  // namespace

domain::Origin Call::origin() const {
  const auto user_agent = request.header("user-agent").value_or("").substr(0, kUserAgentBytes);
  return {request.remote_address, domain::printable_excerpt(user_agent, kUserAgentBytes),
          request.id};
}

RouteMatch match_route(const Dialect& dialect, std::string_view method, std::string_view path) {
  const auto wanted =
      segments(without_prefix(path, dialect.optional_prefix), dialect.trailing_slash_optional);
  const std::string_view lookup = method == "HEAD" ? "GET" : method;
  std::optional<std::string> best;
  RouteMatch match;
  for (const auto& route : dialect.routes) {
    const auto pattern = segments(route.pattern, dialect.trailing_slash_optional);
    const auto close = closeness(pattern, wanted);
    if (!close || (best && *best < *close)) continue;
    if (!best || *close < *best) {
      best = close;
      match = {};
    }
    append_method(match.allow, route.method);
    if (route.method != lookup) continue;
    match.route = &route;
    match.path = values_of(pattern, wanted);
  }
  return match;
}

}  // namespace postern::handlers

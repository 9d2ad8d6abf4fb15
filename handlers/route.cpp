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

/// One character a segment, 'l' for a literal and 'n' for a name: the smaller text is the closer
/// match. None when the pattern does not match.
std::optional<std::string> closeness(const std::vector<std::string_view>& pattern,
                                     const std::vector<std::string_view>& path) {
  if (pattern.size() != path.size()) return std::nullopt;
  std::string kinds;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool name = is_name(pattern[i]);
    if (name ? path[i].empty() : pattern[i] != path[i]) return std::nullopt;
    kinds += name ? 'n' : 'l';
  }
  return kinds;
}

PathValues values_of(const std::vector<std::string_view>& pattern,
                     const std::vector<std::string_view>& path) {
  PathValues values;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (is_name(pattern[i])) values.emplace(pattern[i].substr(1, pattern[i].size() - 2), path[i]);
  }
  return values;
}

void append_method(std::string& allow, std::string_view method) {
  if (!allow.empty()) allow += ", ";
  allow += method;
  if (method == "GET") allow += ", HEAD";
}

/// Of a header that anybody may send, what is fit to store and show.
std::string cleaned(std::string_view text, std::size_t max_bytes) {
  const bool utf8 = domain::is_clean_text(text);
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F && (utf8 || byte < 0x80)) out += c;
  }
  if (out.size() <= max_bytes) return out;
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;
  return out.substr(0, end);
}

}  // namespace

domain::Origin Call::origin() const {
  return {request.remote_address,
          cleaned(request.header("user-agent").value_or(""), kUserAgentBytes), request.id};
}

RouteMatch match_route(const Dialect& dialect, std::string_view method, std::string_view path) {
  const auto wanted = segments(path, dialect.trailing_slash_optional);
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

#include "domain/oauth_redirect.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "domain/ascii.hpp"
#include "domain/bytes.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kLongest = 2048;
constexpr std::array<std::string_view, 3> kLoopback{"127.0.0.1", "[::1]", "localhost"};
constexpr std::array<std::string_view, 5> kEditors{"cursor", "vscode", "vscode-insiders",
                                                   "windsurf", "zed"};
/// Without a dot none of them is let in anyway; named, so that no later addition to the known ones
/// makes a browser run or read something.
constexpr std::array<std::string_view, 14> kDangerous{
    "about",  "blob",       "chrome", "data",   "file",     "filesystem", "ftp",
    "intent", "javascript", "jar",    "mailto", "vbscript", "ws",         "wss"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& known, std::string_view text) {
  return std::find(known.begin(), known.end(), text) != known.end();
}

/// An absolute URI in its parts, none of them decoded.
struct Parts {
  std::string scheme;                         ///< lower case
  std::optional<std::string_view> authority;  ///< none: no "//"
  std::string_view path;
};

std::optional<Parts> split(std::string_view uri) {
  const std::size_t colon = uri.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_letter(uri[0])) return {};
  for (const char c : uri.substr(0, colon)) {
    if (!is_letter(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return {};
  }
  Parts parts{fold(uri.substr(0, colon)), {}, uri.substr(colon + 1)};
  if (parts.path.substr(0, 2) == "//") {
    const std::string_view rest = parts.path.substr(2);
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    parts.authority = rest.substr(0, end);
    parts.path = rest.substr(end);
  }
  parts.path = parts.path.substr(0, parts.path.find('?'));
  return parts;
}

struct HostPort {
  std::string host;           ///< lower case, an IPv6 address in its brackets
  std::string_view port{};    ///< "" for none
  std::size_t host_size = 0;  ///< of the host as written
};

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() && text.size() <= 5 &&
         port >= 1 && port <= 65535;
}

bool is_host(std::string_view host) {
  if (host.empty()) return false;
  if (host.front() == '[') {
    return host.size() > 3 && host.back() == ']' &&
           host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdefABCDEF:.") ==
               std::string_view::npos;
  }
  return std::all_of(host.begin(), host.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_';
  });
}

/// None for what is no host with or without a port, userinfo among it.
std::optional<HostPort> split_authority(std::string_view authority) {
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = authority.substr(0, colon);
  if (!is_host(host)) return {};
  if (colon == std::string_view::npos) return HostPort{fold(host), {}, host.size()};
  const std::string_view port = authority.substr(colon + 1);
  if (!is_port(port)) return {};
  return HostPort{fold(host), port, host.size()};
}

/// The port of http on loopback, where it stands in the text; "" and where it would stand, when it
/// is left out. None for other addresses.
std::optional<std::string_view> loopback_port(std::string_view uri) {
  const auto parts = split(uri);
  if (!parts || parts->scheme != "http" || !parts->authority) return {};
  const auto place = split_authority(*parts->authority);
  if (!place || !is_one_of(kLoopback, place->host)) return {};
  return parts->authority->substr(place->host_size);
}

/// Visible ASCII that RFC 3986 lets a URI have, every '%' beginning an escape of something that is
/// no control character. Without '#' and '*'.
bool has_clean_characters(std::string_view uri) {
  for (std::size_t i = 0; i < uri.size(); ++i) {
    const char c = uri[i];
    if (c <= 0x20 || c >= 0x7F || std::string_view("\\\"<>^`{|}#*").find(c) != std::string::npos)
      return false;
    if (c != '%') continue;
    if (i + 2 >= uri.size()) return false;
    const int high = hex_value(uri[i + 1]);
    const int low = hex_value(uri[i + 2]);
    if (high < 0 || low < 0) return false;
    const int value = high * 16 + low;
    if (value < 0x20 || value == 0x7F || value == '\\') return false;
  }
  return true;
}

/// "." and "..", however their dots are written: browsers resolve them before they ask.
bool is_dot_segment(std::string_view segment) {
  std::size_t dots = 0;
  while (!segment.empty()) {
    const bool escaped = segment.size() >= 3 && fold(segment.substr(0, 3)) == "%2e";
    if (!escaped && segment.front() != '.') return false;
    segment.remove_prefix(escaped ? 3 : 1);
    ++dots;
  }
  return dots == 1 || dots == 2;
}

bool has_dot_segment(std::string_view path) {
  while (true) {
    const std::size_t slash = path.find('/');
    if (is_dot_segment(path.substr(0, slash))) return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

bool is_web(std::string_view scheme) {
  return scheme == "https" || scheme == "http";
}

Error invalid(const char* reason) {
  return Error{Errc::InvalidInput, "redirect_uris", reason};
}

Outcome check_web_address(const Parts& parts) {
  if (!parts.authority) return invalid("invalid");
  const auto place = split_authority(*parts.authority);
  if (!place) return invalid("invalid");
  if (parts.scheme == "http" && !is_one_of(kLoopback, place->host)) return invalid("insecure");
  return done;
}

Outcome check_private_scheme(const Parts& parts) {
  const bool known = is_one_of(kEditors, parts.scheme) ||
                     (parts.scheme.find('.') != std::string::npos && parts.scheme.back() != '.');
  if (!known || is_one_of(kDangerous, parts.scheme)) return invalid("unknown_scheme");
  if (parts.authority && parts.authority->find('@') != std::string_view::npos)
    return invalid("invalid");
  return done;
}

}  // namespace

Outcome check_redirect_uri(std::string_view uri) {
  if (uri.empty()) return invalid("required");
  if (uri.size() > kLongest) return invalid("too_long");
  if (!has_clean_characters(uri)) return invalid("invalid_characters");
  const auto parts = split(uri);
  if (!parts) return invalid("not_absolute");
  if (has_dot_segment(parts->path)) return invalid("dot_segment");
  return is_web(parts->scheme) ? check_web_address(*parts) : check_private_scheme(*parts);
}

bool is_registered_redirect(const std::vector<std::string>& registered,
                            std::string_view presented) {
  if (std::find(registered.begin(), registered.end(), presented) != registered.end()) return true;
  if (!check_redirect_uri(presented) || !loopback_port(presented)) return false;
  const std::string bare = without_loopback_port(presented);
  return std::any_of(registered.begin(), registered.end(), [&](const std::string& one) {
    return loopback_port(one) && without_loopback_port(one) == bare;
  });
}

bool is_local_redirect(std::string_view uri) {
  const auto parts = split(uri);
  return parts && (!is_web(parts->scheme) || loopback_port(uri));
}

std::string without_loopback_port(std::string_view uri) {
  const auto port = loopback_port(uri);
  if (!port) return std::string(uri);
  const auto start = static_cast<std::size_t>(port->data() - uri.data());
  return std::string(uri.substr(0, start)) + std::string(uri.substr(start + port->size()));
}

std::string place_of(std::string_view uri) {
  const auto parts = split(uri);
  if (!parts) return {};
  if (!is_web(parts->scheme) || !parts->authority) return parts->scheme;
  return std::string(*parts->authority);
}

}  // namespace postern::domain

#include "cli/config_forms.hpp"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "cli/database_url.hpp"
#include "domain/ascii.hpp"

namespace postern::cli {
namespace {

using domain::is_digit;
using domain::is_lower;

template <class Predicate>
bool all(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

bool is_visible(char c) {
  return c > ' ' && c < '\x7f';
}

std::optional<int> number(std::string_view text, int min, int max) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < min || value > max ||
      !is_digit(text.front())) {
    return std::nullopt;
  }
  return value;
}

bool is_ip(std::string_view text) {
  unsigned char address[sizeof(in6_addr)];
  if (text.starts_with('[') && text.ends_with(']')) {
    return inet_pton(AF_INET6, std::string(text.substr(1, text.size() - 2)).c_str(), address) == 1;
  }
  return inet_pton(AF_INET, std::string(text).c_str(), address) == 1;
}

bool is_host(std::string_view text) {
  if (text.starts_with('[')) return is_ip(text);
  return !text.empty() && text.front() != '.' && text.front() != '-' && text.back() != '.' &&
         all(text, [](char c) { return is_lower(c) || is_digit(c) || c == '.' || c == '-'; });
}

/// Where the port's colon stands, behind the brackets of an IPv6 address; npos for none.
std::size_t port_colon(std::string_view text) {
  const auto bracket = text.rfind(']');
  const auto colon = text.rfind(':');
  const bool inside =
      bracket != std::string_view::npos && colon != std::string_view::npos && colon < bracket;
  return inside ? std::string_view::npos : colon;
}

}  // namespace

bool is_issuer(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos || text.size() > 255) return false;
  if (text.substr(0, scheme) != "https" && text.substr(0, scheme) != "http") return false;
  const auto authority = text.substr(scheme + 3);
  const auto colon = port_colon(authority);
  if (colon == std::string_view::npos) return is_host(authority);
  return is_host(authority.substr(0, colon)) && number(authority.substr(colon + 1), 1, 65535);
}

bool is_safe_issuer(std::string_view issuer) {
  if (issuer.starts_with("https://")) return true;
  if (!issuer.starts_with("http://")) return false;
  const auto authority = issuer.substr(7);
  const auto host = authority.substr(0, port_colon(authority));
  return host == "localhost" || host == "[::1]" || (host.starts_with("127.") && is_ip(host));
}

bool is_listen_address(std::string_view text) {
  if (text.starts_with("unix:")) {
    const auto path = text.substr(5);
    return is_absolute_path(path) && path.back() != '/' &&
           path.size() < sizeof(sockaddr_un::sun_path);
  }
  if (text.starts_with("fd:")) return text.size() > 3 && number(text.substr(3), 0, 1023);
  if (!text.starts_with("tcp:")) return false;
  const auto address = text.substr(4);
  const auto colon = port_colon(address);
  return colon != std::string_view::npos && colon + 1 < address.size() &&
         is_ip(address.substr(0, colon)) && number(address.substr(colon + 1), 1, 65535);
}

bool is_socket_mode(std::string_view text) {
  return text.size() == 4 && text[0] == '0' && (text[1] == '6' || text[1] == '7') &&
         all(text, [](char c) { return c >= '0' && c <= '7'; });
}

bool is_absolute_path(std::string_view text) {
  return text.starts_with('/') && text.size() > 1 && text.size() < 4096 &&
         all(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '\x7f'; });
}

bool is_absolute_path_or_empty(std::string_view text) {
  return text.empty() || is_absolute_path(text);
}

bool is_log_file(std::string_view text) {
  return text == "stderr" || is_absolute_path(text);
}

bool is_group_or_empty(std::string_view text) {
  return text.size() <= 32 && all(text, [](char c) { return is_visible(c) && c != ':'; });
}

bool is_database_url(std::string_view text) {
  const auto parameters = parse_database_url(text);
  return parameters && !parameters->empty();
}

bool is_database_url_or_empty(std::string_view text) {
  return text.empty() || is_database_url(text);
}

bool is_role_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && is_lower(text.front()) &&
         all(text, [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '-'; });
}

bool is_key_prefix(std::string_view text) {
  // prt_ is what refresh tokens start with (rule R10).
  return text.size() >= 2 && text.size() <= 16 && text.ends_with('_') && text != "prt_" &&
         all(text, [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
}

bool is_sign_in_url(std::string_view text) {
  if (text.empty()) return true;
  const bool rooted = text.starts_with('/') && !text.starts_with("//");
  const bool absolute = text.starts_with("https://") || text.starts_with("http://");
  return (rooted || absolute) && text.size() <= 1024 &&
         all(text, [](char c) { return is_visible(c) && c != '\\' && c != '"'; });
}

bool is_realm(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         all(text, [](char c) { return (is_visible(c) || c == ' ') && c != '"' && c != '\\'; });
}

bool is_method(std::string_view text) {
  return !text.empty() && text.size() <= 16 &&
         all(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t start = 0; start < text.size();) {
    const auto space = std::min(text.find(' ', start), text.size());
    words.emplace_back(text.substr(start, space - start));
    start = space + 1;
  }
  return words;
}

}  // namespace postern::cli

#include "handlers/sso/address.hpp"

#include <algorithm>

#include "domain/ascii.hpp"
#include "fcgi/percent.hpp"

namespace postern::handlers::sso {
namespace {

constexpr std::size_t kLongest = 2048;

bool is_uri_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7F && std::string_view("\"\\<>^`{|}#").find(c) == std::string::npos;
  });
}

bool is_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    return host.find_first_not_of("0123456789abcdefABCDEF:.", 1) == host.size() - 1;
  }
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return domain::is_letter(c) || domain::is_digit(c) || c == '.' || c == '-';
  });
}

bool is_port(std::string_view port) {
  return !port.empty() && port.size() <= 5 &&
         std::all_of(port.begin(), port.end(), domain::is_digit);
}

/// "host", "host:port" or "[::1]:port": the host, or none.
std::optional<std::string> host_of(std::string_view authority) {
  const auto bracket = authority.rfind(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const auto host = authority.substr(0, colon);
  if (!is_host(host)) return std::nullopt;
  if (colon != std::string_view::npos && !is_port(authority.substr(colon + 1))) return std::nullopt;
  std::string lower(host.front() == '[' ? host.substr(1, host.size() - 2) : host);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// No way up and nothing that a server may decode into one.
bool stays_below(std::string_view below) {
  if (below.find_first_of("?%;") != std::string_view::npos) return false;
  for (std::size_t start = 0; start <= below.size();) {
    const auto slash = std::min(below.find('/', start), below.size());
    const auto segment = below.substr(start, slash - start);
    const bool last = slash == below.size();
    if (segment == "." || segment == ".." || (segment.empty() && !last)) return false;
    start = slash + 1;
  }
  return true;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  if (text.size() > kLongest || !is_uri_text(text)) return std::nullopt;
  Address address;
  for (const std::string_view scheme : {"https", "http"}) {
    const auto start = std::string(scheme) + "://";
    if (!text.starts_with(start)) continue;
    address.scheme = scheme;
    text.remove_prefix(start.size());
    break;
  }
  if (address.scheme.empty()) return std::nullopt;
  const auto end = std::min(text.find_first_of("/?"), text.size());
  auto host = host_of(text.substr(0, end));
  if (!host) return std::nullopt;
  address.host = *std::move(host);
  address.rest = text.substr(end);
  return address;
}

bool is_safe_address(std::string_view text) {
  const auto address = parse_address(text);
  if (!address) return false;
  return address->scheme == "https" || address->host == "127.0.0.1" || address->host == "::1" ||
         address->host == "localhost";
}

bool may_return_to(std::string_view address, const std::vector<std::string>& allowed) {
  if (!is_safe_address(address)) return false;
  return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& one) {
    if (address == one) return true;
    return one.ends_with('/') && address.starts_with(one) &&
           stays_below(address.substr(one.size()));
  });
}

std::string with_parameter(std::string address, std::string_view name, std::string_view value) {
  address += address.find('?') == std::string::npos ? '?' : '&';
  address.append(name).append(1, '=').append(fcgi::percent_encode(value));
  return address;
}

}  // namespace postern::handlers::sso

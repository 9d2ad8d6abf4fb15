#include "handlers/same_origin.hpp"

#include <algorithm>

#include "domain/text.hpp"

namespace postern::handlers {
namespace {

/// `host:port` of "scheme://host[:port]…" in lower case; none for all else, and for `null`.
std::optional<std::string> host_of(std::string_view address) {
  const auto scheme = address.substr(0, address.find("://"));
  if (scheme != "http" && scheme != "https") return {};
  auto host = address.substr(scheme.size() + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  if (host.empty() || host.find('@') != std::string_view::npos) return {};
  auto text = domain::fold(host);
  const bool has_port = host.find(':', host.rfind(']') + 1) != std::string_view::npos;
  if (!has_port) text += scheme == "https" ? ":443" : ":80";
  return text;
}

/// A Host without a port may be of either scheme.
bool is_host(const std::string& presented, std::string_view own) {
  if (own.empty()) return false;
  const auto host = domain::fold(own);
  const bool has_port = host.find(':', host.rfind(']') + 1) != std::string::npos;
  if (has_port) return presented == host;
  return presented == host + ":443" || presented == host + ":80";
}

bool is_ours(const fcgi::Request& request, std::string_view address) {
  const auto presented = host_of(address);
  return presented && is_host(*presented, request.host);
}

bool is_listed(std::string_view address, std::span<const std::string> origins) {
  const auto presented = host_of(address);
  if (!presented) return false;
  const auto scheme = address.substr(0, address.find(':'));
  return std::any_of(origins.begin(), origins.end(), [&](const std::string& origin) {
    return std::string_view(origin).substr(0, origin.find(':')) == scheme &&
           host_of(origin) == presented;
  });
}

}  // namespace

bool is_same_origin(const fcgi::Request& request, std::span<const std::string> origins) {
  const auto origin = request.header("origin");
  if (origin && is_listed(*origin, origins)) return true;
  if (const auto site = request.header("sec-fetch-site")) {
    return *site == "same-origin" || *site == "none";
  }
  if (origin) return is_ours(request, *origin);
  if (const auto referer = request.header("referer")) {
    return is_ours(request, *referer) || is_listed(*referer, origins);
  }
  return true;
}

bool is_safe_method(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

}  // namespace postern::handlers

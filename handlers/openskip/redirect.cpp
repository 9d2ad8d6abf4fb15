#include <string>
#include <string_view>

#include "handlers/openskip/errors.hpp"
#include "handlers/openskip/openskip.hpp"

namespace postern::handlers::openskip {
namespace {

bool is_plain(char c, std::string_view marks) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         marks.find(c) != std::string_view::npos;
}

void append_encoded(std::string& target, std::string_view text, std::string_view marks) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(c, marks)) {
      target += c;
    } else {
      target.append(1, '%').append(1, kHex[byte / 16]).append(1, kHex[byte % 16]);
    }
  }
}

/// Where to ask again without the slash. Made of the normalised path, and without a host: neither
/// `//elsewhere` in the address nor a forged Host header leads anywhere else (CWE-601).
std::string location(std::string_view path, std::string_view query) {
  std::string target;
  append_encoded(target, path, "-._~/!$&'()*+,;=:@");
  if (query.empty()) return target;
  target += '?';
  append_encoded(target, query, "-._~/!$&'()*+,;=:@?%");
  return target;
}

}  // namespace

/// Starlette's redirect_slashes: a path that would be a route but for its final slash.
Response not_found(const Request& request) {
  std::string_view path = request.uri ? std::string_view(request.uri->path) : std::string_view();
  if (path.ends_with('/')) {
    path.remove_suffix(1);
    const auto match = match_route(openskip_dialect(), request.method, path);
    if (match.route != nullptr || !match.allow.empty()) {
      Response response(307);
      response.set("Location", location(path, request.uri->query));
      return response;
    }
  }
  return detail(404, "Not Found");
}

}  // namespace postern::handlers::openskip

#include <string>
#include <string_view>

#include "fcgi/percent.hpp"
#include "handlers/openskip/errors.hpp"
#include "handlers/openskip/openskip.hpp"

namespace postern::handlers::openskip {
namespace {

/// Where to ask again without the slash. Made of the normalised path, and without a host: neither
/// `//elsewhere` in the address nor a forged Host header leads anywhere else (CWE-601).
std::string location(std::string_view path, std::string_view query) {
  std::string target = fcgi::percent_encode(path, "/!$&'()*+,;=:@");
  if (query.empty()) return target;
  target += '?';
  target += fcgi::percent_encode(query, "/!$&'()*+,;=:@?%");
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

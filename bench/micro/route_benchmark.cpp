#include "bench/micro/operation.hpp"
#include "handlers/native/native.hpp"

namespace postern::bench {
namespace {

/// A route of the native API, with a name in its pattern.
Run prepare_match() {
  const std::string path = "/auth/v1/keys/01990e30-5b2a-7c3d-8e4f-0123456789ab";
  const auto& dialect = handlers::native_dialect();
  const auto match = handlers::match_route(dialect, "DELETE", path);
  must(match.route != nullptr && match.route->name == "keys.revoke", "the route that was meant");
  return repeat([&dialect, path] { keep(handlers::match_route(dialect, "DELETE", path)); });
}

const Registered kMatch({"route_match", "Route of the native API found", prepare_match});

}  // namespace
}  // namespace postern::bench

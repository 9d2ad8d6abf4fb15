#pragma once

#include <string_view>

namespace postern::fcgi {

/// The three kinds of workers.
enum class Crew {
  Api,       ///< serves the API's socket
  Gate,      ///< serves the gate's socket: answers at once, or hands the visitor on; never waits
  Resolver,  ///< serves the visitors whom the gate's workers hand on: these may wait
};

[[nodiscard]] constexpr std::string_view name_of(Crew crew) {
  switch (crew) {
    case Crew::Api:
      return "api";
    case Crew::Gate:
      return "gate";
    case Crew::Resolver:
      break;
  }
  return "resolver";
}

}  // namespace postern::fcgi

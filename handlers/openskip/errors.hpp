#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::openskip {

/// One thing that is wrong with a request, in pydantic's words (its second version's).
struct Fault {
  std::string_view where;  ///< body, path or query
  std::string field;       ///< "" for the whole
  std::string msg;
  std::string_view type;
};

[[nodiscard]] Fault missing_fault(std::string_view where, std::string_view field);
[[nodiscard]] Fault too_short_fault(std::string_view field, std::size_t least);
[[nodiscard]] Fault too_long_fault(std::string_view field, std::size_t most);
/// What no other type of pydantic's says.
[[nodiscard]] Fault value_fault(std::string_view field, std::string_view what);

[[nodiscard]] Response ok(std::string json, int status = 200);
/// `{"items":[…],"total":n}`
[[nodiscard]] Response ok_items(const std::vector<std::string>& jsons, std::int64_t total);
[[nodiscard]] Response detail(int status, std::string_view text);
/// 422. Never repeats what was sent: it may be a password.
[[nodiscard]] Response unprocessable(const std::vector<Fault>& faults);

/// The one place where the domain's refusals get this dialect's status and words.
[[nodiscard]] Response refusal(const domain::Error& error);

/// What dispatch asks of a dialect (route.hpp).
[[nodiscard]] Response unauthenticated(const Request& request, const domain::Error* error);
[[nodiscard]] Response forbidden(const Request& request, Guard guard);
[[nodiscard]] Response not_found(const Request& request);
[[nodiscard]] Response method_not_allowed(const Request& request, std::string_view allow);
[[nodiscard]] Response failure(const Request& request, int status);

}  // namespace postern::handlers::openskip

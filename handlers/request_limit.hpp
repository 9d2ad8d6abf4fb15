#pragma once

#include <optional>

#include "handlers/route.hpp"

namespace postern::handlers {

/// A request that its dialect limits, and what became of it.
struct CountedRequest {
  RequestLimit limit;
  domain::Charge charge;
};

/// Charges the dialect's limit for this route, once the call's credential was looked at: to its
/// owner, or to the client's network where there is no valid one. None where nothing is limited.
[[nodiscard]] std::optional<CountedRequest> count_request(const Dialect& dialect,
                                                          const Route& route, const Call& call,
                                                          Services& services);

/// The dialect's refusal of a request that was one too many; none of one that was allowed.
[[nodiscard]] std::optional<Response> refuse_excess(const Dialect& dialect, const Call& call,
                                                    const std::optional<CountedRequest>& counted);

/// Says in the answer's headers what is left.
void tell_limit(const Dialect& dialect, Response& response,
                const std::optional<CountedRequest>& counted, const Services& services);

}  // namespace postern::handlers

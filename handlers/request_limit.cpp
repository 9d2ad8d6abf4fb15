#include "handlers/request_limit.hpp"

#include <string>

#include "domain/network.hpp"

namespace postern::handlers {
namespace {

/// Limits of different dialects, and an account and a network, are never one.
std::string name_of(const Dialect& dialect, const RequestLimit& limit, const Call& call) {
  std::string name(dialect.name);
  name.append(":").append(limit.name);
  if (limit.by == RequestLimit::By::Account && call.principal) {
    return name.append(":account:").append(call.principal->account.id.text());
  }
  return name.append(":network:").append(domain::network_of(call.request.remote_address));
}

}  // namespace

std::optional<CountedRequest> count_request(const Dialect& dialect, const Route& route,
                                            const Call& call, Services& services) {
  auto limit = dialect.limit(services.settings, route);
  if (!limit) return std::nullopt;
  const auto charge = services.domain.limiter.charge(name_of(dialect, *limit, call), limit->rate,
                                                     services.domain.clock.uptime());
  return CountedRequest{*limit, charge};
}

std::optional<Response> refuse_excess(const Dialect& dialect, const Call& call,
                                      const std::optional<CountedRequest>& counted) {
  if (!counted || counted->charge.allowed) return std::nullopt;
  return dialect.refuse(call.request, {.code = domain::Errc::TooManyAttempts,
                                       .retry_after = counted->charge.retry_after});
}

void tell_limit(const Dialect& dialect, Response& response,
                const std::optional<CountedRequest>& counted, const Services& services) {
  if (!counted) return;
  dialect.tell_limit(response, counted->limit, counted->charge, services.domain.clock.now());
}

}  // namespace postern::handlers

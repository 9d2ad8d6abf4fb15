#include "handlers/gate.hpp"

#include <typeinfo>

#include "fcgi/log.hpp"
#include "handlers/gate_decision.hpp"

namespace postern::handlers {
namespace {

Response decide_by_asking(const Request& request, Services& services) {
  const auto check = [&](const PresentedCredential& credential) {
    return std::optional(check_credential(services.domain, credential.as, credential.value));
  };
  const auto decision =
      decide(request, services.domain.settings.policy, services.settings.gate, check);
  return decision ? *decision : gate_failure(request, 503);
}

}  // namespace

Response check_gate(const Request& request, Services& services) {
  try {
    auto response = decide_by_asking(request, services);
    response.log_route = "gate";
    return response;
  } catch (const domain::DatabaseUnavailable& error) {
    fcgi::log(fcgi::LogLevel::Error, "database_unavailable",
              {{"request", request.id}, {"what", error.what()}});
  } catch (const domain::DatabaseError& error) {
    fcgi::log(fcgi::LogLevel::Error, "database_error",
              {{"request", request.id}, {"what", error.what()}});
  } catch (const std::exception& error) {
    fcgi::log(fcgi::LogLevel::Error, "gate_failed",
              {{"request", request.id}, {"type", typeid(error).name()}});
  }
  return gate_failure(request, 503);
}

Response gate_failure(const Request& request, int status) {
  auto response = refuse(request, status, status == 503 ? "cannot_decide" : "refused");
  response.log_route = "gate";
  return response;
}

}  // namespace postern::handlers

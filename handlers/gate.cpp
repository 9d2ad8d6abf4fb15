#include "handlers/gate.hpp"

#include <optional>
#include <typeinfo>

#include "fcgi/log.hpp"
#include "handlers/gate_decision.hpp"

namespace postern::handlers {
namespace {

using domain::CredentialCheck;

void log_failure(const Request& request) {
  using fcgi::log;
  using fcgi::LogLevel;
  try {
    throw;
  } catch (const domain::DatabaseUnavailable& error) {
    log(LogLevel::Error, "database_unavailable", {{"request", request.id}, {"what", error.what()}});
  } catch (const domain::DatabaseError& error) {
    log(LogLevel::Error, "database_error", {{"request", request.id}, {"what", error.what()}});
  } catch (const std::exception& error) {
    log(LogLevel::Error, "gate_failed", {{"request", request.id}, {"type", typeid(error).name()}});
  }
}

/// What became of each question's credential; none for a question without one.
using Checks = std::vector<std::optional<CredentialCheck>>;

/// Those that are asked for, in one question.
void check_these(const std::vector<std::size_t>& places, std::span<const GateQuestion> questions,
                 Services& services, Checks& checks) {
  if (places.empty()) return;
  std::vector<domain::Presentation> presented;
  presented.reserve(places.size());
  for (const auto i : places) {
    presented.push_back({questions[i].credential->as, questions[i].credential->value});
  }
  auto answers = check_credentials(services.domain, presented);
  for (std::size_t i = 0; i < places.size(); ++i) checks[places[i]] = std::move(answers[i]);
}

Checks check_all(std::span<GateQuestion> questions, Services& services) {
  Checks checks(questions.size());
  std::vector<std::size_t> asked, again;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (questions[i].credential) asked.push_back(i);
  }
  check_these(asked, questions, services, checks);
  for (const auto i : asked) {
    if (questions[i].turn_to_other(*checks[i])) again.push_back(i);
  }
  check_these(again, questions, services, checks);
  return checks;
}

/// None when nothing could be found out.
std::optional<Checks> try_check_all(std::span<const Request> requests,
                                    std::span<GateQuestion> questions, Services& services) {
  try {
    return check_all(questions, services);
  } catch (const std::exception&) {
    log_failure(requests.front());
    return std::nullopt;
  }
}

Response answer(const Request& request, Services& services, const GateQuestion& question,
                const std::optional<CredentialCheck>& check) {
  try {
    auto response = judge(request,
                          {services.settings.gate, services.domain.limiter, services.domain.clock,
                           services.domain.settings.oauth},
                          question, check);
    response.log_route = "gate";
    return response;
  } catch (const std::exception&) {
    log_failure(request);
    return gate_failure(request, 503);
  }
}

}  // namespace

Response check_gate(const Request& request, Services& services) {
  return std::move(check_gates({&request, 1}, services).front());
}

std::vector<Response> check_gates(std::span<const Request> requests, Services& services) {
  const auto cookies = cookie_rule(services.settings.gate, services.domain.settings.oauth,
                                   services.domain.settings.webauthn.origins);
  std::vector<GateQuestion> questions;
  questions.reserve(requests.size());
  for (const Request& request : requests) {
    questions.push_back(question_of(request, services.domain.settings.policy, cookies,
                                    services.domain.settings.oauth));
  }
  const auto checks = try_check_all(requests, questions, services);
  std::vector<Response> responses;
  responses.reserve(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const bool unknown = questions[i].credential && !checks;
    responses.push_back(unknown ? gate_failure(requests[i], 503)
                                : answer(requests[i], services, questions[i],
                                         checks ? (*checks)[i] : std::nullopt));
  }
  return responses;
}

Response gate_failure(const Request& request, int status) {
  auto response = refuse(request, status, status == 503 ? "cannot_decide" : "refused");
  response.log_route = "gate";
  return response;
}

}  // namespace postern::handlers

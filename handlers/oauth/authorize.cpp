#include <array>

#include "fcgi/uri.hpp"
#include "handlers/oauth/authorization_step.hpp"
#include "handlers/oauth/client_answer.hpp"
#include "handlers/oauth/client_refusal.hpp"
#include "handlers/oauth/handlers.hpp"
#include "handlers/oauth/pages.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Result;

struct ReadRequest {
  Parameters parameters;
  std::string fault;  ///< why they are not all; "" where they are
};

/// Of parameters that cannot be taken as they are, what it takes to tell the client so: each of
/// these that is there once. One that is repeated is as good as missing (RFC 6749 section 3.1).
Parameters salvage(std::string_view form) {
  constexpr std::array kNeeded{"client_id", "redirect_uri", "state", "response_mode"};
  Parameters parameters;
  const auto fields = fcgi::parse_form(form);
  if (!fields) return parameters;
  for (const std::string name : kNeeded) {
    std::size_t count = 0;
    std::string value;
    for (const auto& field : *fields) {
      if (field.name != name || field.value.empty()) continue;
      ++count;
      value = field.value;
    }
    if (count == 1) parameters.set(name, value);
  }
  return parameters;
}

bool repeats_redirect(std::string_view form) {
  std::size_t count = 0;
  const auto fields = fcgi::parse_form(form);
  if (!fields) return false;
  for (const auto& field : *fields) count += field.name == "redirect_uri" ? 1 : 0;
  return count > 1;
}

ReadRequest read_parameters(const Request& request) {
  const bool post = request.method == "POST";
  const std::string_view form = post ? request.body : request.uri->query;
  auto parameters = post ? Parameters::of_body(request) : Parameters::of_query(request);
  if (parameters) return {*std::move(parameters), {}};
  const auto& error = parameters.error();
  if (repeats_redirect(form)) return {{}, "redirect_uri is repeated"};
  return {salvage(form), error.field + " is " + error.reason};
}

Response tell_person(const Services& services, const RequestFault& fault) {
  auto response = error_page(services, fault.temporary ? 503 : 400, fault.description);
  if (fault.temporary) response.set("Retry-After", "5");
  return response;
}

/// A form of another site's arrives without our cookies: the page that follows has them.
Response go_on(const Call& call, Services& services, const Visitor& visitor,
               const CheckedRequest& checked) {
  const auto& request = checked.request;
  if (call.request.method == "POST") {
    return see_other(consent_address(services, request.seal(services)));
  }
  const auto step = take_next_step(services, visitor, *checked.client, request);
  if (step.answer) return answer_client(services, request, *step.answer);
  if (request.prompt_none) {
    return tell_client(services, visitor, *checked.client, request, error_of(step.kind),
                       "prompt=none, and somebody has to be asked");
  }
  const auto sealed = request.seal(services);
  return see_other(step.kind == Step::Kind::SignIn ? sign_in_address(services, sealed)
                                                   : consent_address(services, sealed));
}

}  // namespace

Response authorize(const Call& call, Services& services) {
  const auto read = read_parameters(call.request);
  auto checked = check_authorization_request(services, read.parameters, call.origin());
  if (!read.fault.empty() && (!checked.fault || checked.fault->redirect)) {
    checked.fault = RequestFault{"invalid_request", read.fault, true, false};
  }
  if (checked.fault && !checked.fault->redirect) return tell_person(services, *checked.fault);
  const auto visitor = find_visitor(call, services);
  if (checked.fault) {
    return tell_client(services, visitor, *checked.client, checked.request, checked.fault->error,
                       checked.fault->description);
  }
  return go_on(call, services, visitor, checked);
}

}  // namespace postern::handlers::oauth

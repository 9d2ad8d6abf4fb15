#include "handlers/oauth/parameters.hpp"

#include <algorithm>
#include <array>

#include "fcgi/percent.hpp"
#include "fcgi/uri.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using domain::Error;
using domain::Result;

constexpr std::string_view kResource = "resource";

/// Those that a refusal may name: it never repeats what was sent.
constexpr std::array<std::string_view, 34> kKnown{"assertion",
                                                  "audience",
                                                  "client_assertion",
                                                  "client_assertion_type",
                                                  "client_id",
                                                  "client_secret",
                                                  "code",
                                                  "code_challenge",
                                                  "code_challenge_method",
                                                  "code_verifier",
                                                  "decision",
                                                  "device_code",
                                                  "display",
                                                  "dpop_jkt",
                                                  "grant_type",
                                                  "id_token_hint",
                                                  "login_hint",
                                                  "max_age",
                                                  "nonce",
                                                  "password",
                                                  "post_logout_redirect_uri",
                                                  "prompt",
                                                  "redirect_uri",
                                                  "refresh_token",
                                                  "registration",
                                                  "request",
                                                  "request_uri",
                                                  "response_mode",
                                                  "response_type",
                                                  "scope",
                                                  "state",
                                                  "token",
                                                  "token_type_hint",
                                                  "user_code"};

Error repeated(std::string_view name) {
  const bool known = std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end();
  return {Errc::InvalidInput, known ? std::string(name) : "parameter", "repeated"};
}

}  // namespace

Result<Parameters> Parameters::of_text(std::string_view form) {
  auto fields = fcgi::parse_form(form);
  if (!fields) return Error{Errc::InvalidInput, "parameters", "not_a_form"};
  Parameters parameters;
  for (auto& field : *fields) {
    if (field.value.empty()) continue;
    if (field.name != kResource && parameters.get(field.name)) return repeated(field.name);
    parameters.values_.emplace_back(std::move(field.name), std::move(field.value));
  }
  return parameters;
}

Result<Parameters> Parameters::of_query(const Request& request) {
  return of_text(request.uri ? std::string_view(request.uri->query) : std::string_view());
}

Result<Parameters> Parameters::of_body(const Request& request) {
  if (request.content_type != "application/x-www-form-urlencoded") {
    return Error{Errc::InvalidInput, "Content-Type", "not application/x-www-form-urlencoded"};
  }
  return of_text(request.body);
}

std::optional<std::string_view> Parameters::get(std::string_view name) const {
  for (const auto& [known, value] : values_) {
    if (known == name) return value;
  }
  return {};
}

std::string_view Parameters::get_or_empty(std::string_view name) const {
  return get(name).value_or(std::string_view());
}

std::vector<std::string> Parameters::resources() const {
  std::vector<std::string> resources;
  for (const auto& [name, value] : values_) {
    if (name == kResource) resources.push_back(value);
  }
  return resources;
}

std::string Parameters::text() const {
  std::string text;
  for (const auto& [name, value] : values_) {
    if (!text.empty()) text += '&';
    text.append(fcgi::percent_encode(name)).append("=").append(fcgi::percent_encode(value));
  }
  return text;
}

void Parameters::set(std::string name, std::string value) {
  const auto found = name == kResource
                         ? values_.end()
                         : std::find_if(values_.begin(), values_.end(),
                                        [&](const auto& each) { return each.first == name; });
  if (found == values_.end()) {
    values_.emplace_back(std::move(name), std::move(value));
  } else {
    found->second = std::move(value);
  }
}

}  // namespace postern::handlers::oauth

#include "tests/support/handler_world.hpp"

#include <atomic>
#include <stdexcept>

#include "handlers/json_body.hpp"

namespace postern::test {
namespace {

std::string next_request_id() {
  static std::atomic<unsigned> count{0};
  auto digits = std::to_string(++count);
  return std::string(32 - digits.size(), '0') + digits;
}

}  // namespace

fcgi::Request request(std::string_view method, std::string_view target) {
  fcgi::Request made;
  made.id = next_request_id();
  made.method = method;
  made.target = target;
  made.uri = fcgi::parse_uri(target);
  made.remote_address = "192.0.2.1";
  made.scheme = "https";
  made.host = "www.example.org";
  made.headers.emplace_back("user-agent", "test agent");
  return made;
}

fcgi::Request raw_request(std::string_view method, std::string_view target,
                          std::string_view content_type, std::string_view body) {
  auto made = request(method, target);
  made.content_type = content_type;
  made.body = body;
  return made;
}

fcgi::Request request(std::string_view method, std::string_view target, const Json::Value& body) {
  return raw_request(method, target, "application/json", handlers::write_json(body));
}

fcgi::Request with_header(fcgi::Request request, std::string_view lower_name,
                          std::string_view value) {
  request.headers.emplace_back(lower_name, value);
  return request;
}

fcgi::Request with_bearer(fcgi::Request request, const domain::Secret& credential) {
  return with_header(std::move(request), "authorization",
                     "Bearer " + std::string(credential.reveal()));
}

Json::Value json_of(const fcgi::Response& response) {
  return handlers::parse_json(response.body()).value.value_or(Json::Value());
}

Json::Value json(std::string_view text) {
  auto parsed = handlers::parse_json(text);
  if (!parsed.value) throw std::invalid_argument("JSON of a test: " + parsed.detail);
  return *std::move(parsed.value);
}

HandlerWorld::HandlerWorld()
    : shared(fcgi::map_shared_segment()), services{domain.services, settings, shared} {
  shared.housekeeper_ms = fcgi::monotonic_ms();
}

fcgi::Response HandlerWorld::send(const fcgi::Request& sent) {
  return handlers::dispatch(sent, services);
}

fcgi::Response HandlerWorld::send(std::string_view method, std::string_view target,
                                  const domain::Secret& credential) {
  auto made = request(method, target);
  return send(credential.empty() ? made : with_bearer(std::move(made), credential));
}

fcgi::Response HandlerWorld::send(std::string_view method, std::string_view target,
                                  const Json::Value& body, const domain::Secret& credential) {
  auto made = request(method, target, body);
  return send(credential.empty() ? made : with_bearer(std::move(made), credential));
}

domain::Tokens HandlerWorld::signed_in(const std::string& username, const std::string& role) {
  domain.account(username, role);
  return domain.login(username);
}

domain::Secret HandlerWorld::key_of(domain::AccountId account) {
  return domain::generate_personal_key(domain.services, account, account, domain.origin)
      .value()
      .text;
}

}  // namespace postern::test

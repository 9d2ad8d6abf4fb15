#include "fcgi/assemble.hpp"

#include <algorithm>

#include "fcgi/param_rules.hpp"

namespace postern::fcgi {
namespace {

constexpr std::size_t kMaxMethod = 16;

std::string_view param(const Inspection& seen, std::string_view name) {
  for (const auto& [key, value] : seen.params) {
    if (key == name) return value;
  }
  return {};
}

std::string media_type(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
  type.erase(0, std::min(type.find_first_not_of(" \t"), type.size()));
  for (char& c : type) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return type;
}

std::string scheme_of(const Inspection& seen) {
  const std::string_view scheme = param(seen, "REQUEST_SCHEME");
  if (!scheme.empty()) return std::string(scheme);
  const std::string_view https = param(seen, "HTTPS");
  return https.empty() || https == "off" ? "http" : "https";
}

void add_header(Request& request, std::string name, std::string_view value) {
  for (auto& [known, text] : request.headers) {
    if (known == name) {
      text.append(", ").append(value);
      return;
    }
  }
  request.headers.emplace_back(std::move(name), value);
}

}  // namespace

Request assemble(const Inspection& seen, Door door) {
  Request request;
  request.door = door;
  request.role = seen.role;
  request.method = param(seen, "REQUEST_METHOD").substr(0, kMaxMethod + 1);
  request.target = param(seen, "REQUEST_URI");
  request.uri = parse_uri(request.target);
  request.remote_address = param(seen, "REMOTE_ADDR");
  request.scheme = scheme_of(seen);
  request.content_type = media_type(param(seen, "CONTENT_TYPE"));
  request.headers.reserve(seen.params.size());
  for (const auto& [name, value] : seen.params) {
    if (is_header_param(name)) add_header(request, header_name(name), value);
  }
  request.host = request.header("host").value_or("");
  return request;
}

int objection(const Inspection& seen, const Request& request) {
  const std::string& method = request.method;
  const bool is_token = !method.empty() && method.size() <= kMaxMethod &&
                        std::all_of(method.begin(), method.end(), [](char c) {
                          return (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
                        });
  const std::string_view role = param(seen, "FCGI_ROLE");
  const bool role_agrees =
      role.empty() || role == (seen.role == Role::Authorizer ? "AUTHORIZER" : "RESPONDER");
  const bool scheme_known = request.scheme == "http" || request.scheme == "https";
  return is_token && role_agrees && scheme_known ? 0 : 400;
}

}  // namespace postern::fcgi

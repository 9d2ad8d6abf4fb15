#include "handlers/oauth/client_document.hpp"

#include <algorithm>

#include "fcgi/percent.hpp"
#include "handlers/oauth/client_metadata.hpp"
#include "handlers/sso/address.hpp"
#include "handlers/sso/json_member.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::ClientAuth;
using domain::Errc;
using std::chrono::seconds;

constexpr std::string_view kScheme = "https://";
constexpr seconds kShortest = std::chrono::minutes(5);
constexpr seconds kUsual = std::chrono::hours(1);
constexpr seconds kLongest = std::chrono::hours(24);
constexpr int kOk = 200;
constexpr int kTooMany = 429;

domain::Error refused(std::string why) {
  return {Errc::ClientInvalid, {}, {}, {}, "client document: " + std::move(why)};
}

bool is_dot_segment(std::string_view segment) {
  const auto plain = fcgi::percent_decode(segment, false);
  return !plain || *plain == "." || *plain == "..";
}

bool has_dot_segment(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);  // '/'
    const auto end = std::min(path.find('/'), path.size());
    if (is_dot_segment(path.substr(0, end))) return true;
    path.remove_prefix(end);
  }
  return false;
}

bool is_json(std::string_view media_type) {
  return media_type == "application/json" ||
         (media_type.starts_with("application/") && media_type.ends_with("+json"));
}

}  // namespace

bool names_document(std::string_view client_id) {
  return client_id.starts_with(kScheme);
}

bool is_document_address(std::string_view client_id) {
  const auto address = sso::parse_address(client_id);
  return address && address->scheme == "https" && address->rest.size() > 1 &&
         address->rest.front() == '/' && address->rest.find('?') == std::string::npos &&
         !has_dot_segment(address->rest);
}

domain::Result<domain::ClientMetadata> read_document(const Fetched& fetched,
                                                     const std::string& address,
                                                     const domain::Settings& settings) {
  const auto status = "status " + std::to_string(fetched.status);
  if (fetched.status == kTooMany || fetched.status >= 500) {
    return domain::Error{Errc::ProviderUnavailable, {}, {}, seconds(30), status};
  }
  if (fetched.status != kOk) return refused(status);
  if (!is_json(fetched.media_type)) return refused("media type");
  const auto document = sso::parse_object(fetched.body);
  if (!document) return refused("no JSON object");
  if (sso::text_member(*document, "client_id") != address) return refused("another client_id");
  if (document->isMember("client_secret") || document->isMember("client_secret_expires_at")) {
    return refused("a secret");
  }
  auto metadata = read_client_metadata(*document, domain::ClientOrigin::Document, settings);
  if (!metadata) return refused(metadata.error().field + ": " + metadata.error().reason);
  if (metadata->auth != ClientAuth::None && metadata->auth != ClientAuth::PrivateKeyJwt) {
    return refused("token_endpoint_auth_method");
  }
  return metadata;
}

seconds believed_for(const Fetched& fetched) {
  return std::clamp(fetched.max_age.value_or(kUsual), kShortest, kLongest);
}

}  // namespace postern::handlers::oauth

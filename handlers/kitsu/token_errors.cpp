#include <string>

#include "handlers/json_body.hpp"
#include "handlers/kitsu/credential.hpp"
#include "handlers/kitsu/errors.hpp"

namespace postern::handlers::kitsu {
namespace {

using domain::Errc;

constexpr std::string_view kBadHeader =
    "Bad Authorization header. Expected 'Authorization: Bearer <JWT>'";
constexpr std::string_view kOtherScheme =
    "Missing 'Bearer' type in 'Authorization' header. Expected 'Authorization: Bearer <JWT>'";

std::string_view words_for(std::string_view fault) {
  if (fault == kFaultHeader) return kBadHeader;
  if (fault == kFaultSegments) return "Not enough segments";
  if (fault == kFaultEncoding) return "Invalid header padding";
  return "Signature verification failed";
}

bool is_json_object(std::string_view segment) {
  const auto bytes = domain::base64url_decode(segment);
  if (!bytes) return false;
  const auto parsed = parse_json(std::string(bytes->begin(), bytes->end()));
  return parsed.value && parsed.value->isObject();
}

}  // namespace

std::string_view fault_of(std::string_view token) {
  const auto first = token.find('.');
  if (first == std::string_view::npos || token.find('.', first + 1) == std::string_view::npos)
    return kFaultSegments;
  return is_json_object(token.substr(0, first)) ? "" : kFaultEncoding;
}

Response credential_refused(const domain::Error& error) {
  if (error.code == Errc::TokenInvalid) return token_refused(422, words_for(error.reason));
  return refusal(error);
}

Response credential_missing(const Request& request, std::string_view cookie) {
  const bool has_header = find_header_token(request).way != PresentedToken::Way::None;
  return token_refused(
      401, "Missing JWT in cookies or headers (Missing cookie \"" + std::string(cookie) + "\"; " +
               std::string(has_header ? kOtherScheme : "Missing Authorization Header") + ")");
}

Response unauthenticated(const Request& request, const domain::Error* error) {
  return error == nullptr ? credential_missing(request, kAccessCookie) : credential_refused(*error);
}

}  // namespace postern::handlers::kitsu

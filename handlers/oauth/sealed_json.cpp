#include "handlers/oauth/sealed_json.hpp"

#include "domain/bytes.hpp"
#include "handlers/json_body.hpp"
#include "handlers/sso/json_member.hpp"

namespace postern::handlers::oauth {

std::string seal_json(Services& services, std::string_view context, const Json::Value& object) {
  const std::string text = write_json(object);
  return domain::base64url_encode(
      services.domain.ring.seal(context, domain::as_bytes(text), services.domain.random));
}

std::optional<Json::Value> open_json(Services& services, std::string_view context,
                                     std::string_view text) {
  const auto sealed = domain::base64url_decode(text);
  if (!sealed) return {};
  const auto plain = services.domain.ring.open(context, *sealed);
  if (!plain) return {};
  return sso::parse_object(std::string(plain->begin(), plain->end()));
}

}  // namespace postern::handlers::oauth

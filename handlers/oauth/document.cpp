#include "handlers/oauth/document.hpp"

#include "handlers/json_body.hpp"
#include "handlers/oauth/errors.hpp"

namespace postern::handlers::oauth {

Response document(const Json::Value& body, domain::seconds max_age) {
  Response response(200, "application/json", write_json(body));
  response.set("Cache-Control", "public, max-age=" + std::to_string(max_age.count()));
  allow_any_origin(response);
  return response;
}

}  // namespace postern::handlers::oauth

#include "handlers/oauth/errors.hpp"
#include "handlers/oauth/handlers.hpp"

namespace postern::handlers::oauth {

/// Nothing here goes by a cookie, so any origin's code may call it (oauth.md 3a.15).
Response answer_preflight(const Call& /*call*/, Services& /*services*/) {
  Response response(204);
  allow_any_origin(response);
  response.set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE, OPTIONS");
  response.set("Access-Control-Allow-Headers",
               "Accept, Authorization, Content-Type, DPoP, MCP-Protocol-Version");
  response.set("Access-Control-Max-Age", "7200");
  return response;
}

}  // namespace postern::handlers::oauth

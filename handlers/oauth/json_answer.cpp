#include "handlers/oauth/json_answer.hpp"

#include "handlers/oauth/errors.hpp"

namespace postern::handlers::oauth {

Response json_answer(int status, std::string body) {
  Response response(status, "application/json", std::move(body));
  response.set("Pragma", "no-cache");
  allow_any_origin(response);
  return response;
}

}  // namespace postern::handlers::oauth

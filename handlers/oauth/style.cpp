#include "handlers/oauth/handlers.hpp"
#include "handlers/oauth/page_files.hpp"

namespace postern::handlers::oauth {
namespace {

/// It changes with the program alone.
Response show_file(std::string_view name, std::string media_type) {
  Response response(200, std::move(media_type), std::string(page_file(name)));
  response.set("Cache-Control", "public, max-age=3600");
  response.set("Cross-Origin-Resource-Policy", "same-origin");
  return response;
}

}  // namespace

Response show_style(const Call& /*call*/, Services& /*services*/) {
  return show_file("style.css", "text/css; charset=utf-8");
}

Response show_post_form(const Call& /*call*/, Services& /*services*/) {
  return show_file("post-form.js", "text/javascript; charset=utf-8");
}

Response show_security_key(const Call& /*call*/, Services& /*services*/) {
  return show_file("security-key.js", "text/javascript; charset=utf-8");
}

}  // namespace postern::handlers::oauth

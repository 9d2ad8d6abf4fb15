#include "domain/account.hpp"
#include "handlers/dispatcharr/errors.hpp"
#include "handlers/dispatcharr/handlers.hpp"
#include "handlers/dispatcharr/networks.hpp"
#include "handlers/dispatcharr/user_wish.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::dispatcharr {
namespace {

using domain::Errc;

constexpr std::string_view kExists = R"({"superuser_exists":true})";

Response fault(int status, std::string_view text) {
  return ok(ObjectText().text("error", text).finish(), status);
}

Response not_from_here(const Request& request) {
  return ok(ObjectText()
                .text("error", "Initial setup is only allowed from a private network.")
                .text("client_ip", request.remote_address)
                .boolean("setup_allowed", false)
                .finish(),
            403);
}

/// The first thing that is wrong, as one text: this route has no lists by field.
Response first_fault(const Fields& fields) {
  return fault(400, fields.first_message());
}

bool is_blank(const Body& body, const char* member) {
  const auto& value = body.data[member];
  return value.isNull() || (value.isString() && value.asString().empty());
}

}  // namespace

Response show_setup(const Call& call, Services& services) {
  if (domain::any_admin_exists(services.domain)) return ok(std::string(kExists));
  const auto& address = call.request.remote_address;
  return ok(ObjectText()
                .boolean("superuser_exists", false)
                .text("client_ip", address)
                .boolean("setup_allowed", is_private_address(address))
                .finish());
}

/// JSON alone: a page somewhere else can make a browser in the private network post a form, but
/// not this.
Response set_up(const Call& call, Services& services) {
  if (domain::any_admin_exists(services.domain)) return ok(std::string(kExists));
  if (!is_private_address(call.request.remote_address)) return not_from_here(call.request);
  const auto body = read_body(call.request);
  if (body.refusal) return *body.refusal;
  if (body.form)
    return detail(415, "Unsupported media type \"" + call.request.content_type + "\" in request.");
  if (is_blank(body, "username") || is_blank(body, "password"))
    return fault(400, "Username and password are required.");
  Fields fields(body);
  const auto wish = read_user(fields, services, true);
  if (!fields.ok()) return first_fault(fields);
  domain::NewAccount admin;
  admin.username = *wish.username;
  if (wish.email && !wish.email->empty()) admin.email = wish.email;
  admin.password = wish.password;
  const auto made = domain::create_first_admin(services.domain, admin, call.origin());
  // Somebody else was faster: the same answer as a moment later.
  if (!made && made.error().code != Errc::NotPermitted)
    return refusal(made.error(), Presented::Nothing);
  return ok(std::string(kExists));
}

}  // namespace postern::handlers::dispatcharr

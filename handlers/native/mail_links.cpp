#include "domain/mail_link.hpp"
#include "handlers/native/body_reader.hpp"
#include "handlers/native/handlers.hpp"
#include "handlers/native/rate_limit_fields.hpp"
#include "handlers/native/views.hpp"

namespace postern::handlers::native {
namespace {

constexpr auto kForms = BodyReader::Forms::Taken;

/// All that is said about a letter: nobody learns here whether there will be one.
Response accepted() {
  Json::Value body(Json::objectValue);
  body["status"] = "accepted";
  return json_response(202, body);
}

}  // namespace

/// The same answer and the same work for known and unknown addresses, and where there is no mail
/// (rule R8).
Response forgot_password(const Call& call, Services& services) {
  BodyReader body(call.request, kForms);
  const auto email = body.text("email");
  if (auto refusal = body.refusal()) return with_mail_limit(*std::move(refusal), services);

  const auto asked = domain::request_password_reset(services.domain, email, call.origin());
  return with_mail_limit(asked ? accepted() : refuse(call.request, asked.error()), services);
}

Response reset_password(const Call& call, Services& services) {
  BodyReader body(call.request, kForms);
  const auto token = body.secret("token");
  const auto password = body.secret("new_password");
  if (auto refusal = body.refusal()) return with_mail_link_limit(*std::move(refusal), services);

  const auto reset = domain::reset_password(services.domain, token, password, call.origin());
  return with_mail_link_limit(reset ? no_content() : refuse(call.request, reset.error()), services);
}

Response confirm_email(const Call& call, Services& services) {
  BodyReader body(call.request, kForms);
  const auto token = body.secret("token");
  if (auto refusal = body.refusal()) return with_mail_link_limit(*std::move(refusal), services);

  const auto account = domain::confirm_address(services.domain, token, call.origin());
  if (!account) return with_mail_link_limit(refuse(call.request, account.error()), services);
  auto response = no_content();
  response.log_account = account->id.text();
  return with_mail_link_limit(std::move(response), services);
}

Response ask_for_confirmation(const Call& call, Services& services) {
  const auto asked =
      domain::request_confirmation(services.domain, call.principal->account.id, call.origin());
  return with_mail_limit(asked ? accepted() : refuse(call.request, asked.error()), services);
}

}  // namespace postern::handlers::native

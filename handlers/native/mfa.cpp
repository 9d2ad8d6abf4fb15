#include "domain/recovery_code.hpp"
#include "domain/totp.hpp"
#include "handlers/native/body_reader.hpp"
#include "handlers/native/handlers.hpp"
#include "handlers/native/rate_limit_fields.hpp"
#include "handlers/native/views.hpp"
#include "handlers/qr_svg.hpp"

namespace postern::handlers::native {
namespace {

Json::Value text(const domain::Secret& secret) {
  return {secret.reveal().data(), secret.reveal().data() + secret.size()};
}

Response codes_response(const std::vector<domain::Secret>& codes) {
  Json::Value body(Json::objectValue);
  auto& list = body["recovery_codes"] = Json::Value(Json::arrayValue);
  for (const auto& code : codes) list.append(text(code));
  return json_response(200, body);
}

Response enrolment_response(const domain::TotpEnrolment& enrolment) {
  Json::Value body(Json::objectValue);
  body["secret"] = text(enrolment.secret);
  body["otpauth_uri"] = text(enrolment.uri);
  body["qr_svg"] = qr_svg(enrolment.uri.reveal());
  return json_response(201, body);
}

}  // namespace

Response show_mfa(const Call& call, Services& services) {
  const auto& id = call.principal->account.id;
  const auto account = domain::find_account(services.domain, id);
  if (!account) return refuse(call.request, account.error());
  Json::Value body(Json::objectValue);
  body["totp"] = account->totp_enabled;
  body["email_otp"] = account->email_otp_enabled;
  body["webauthn"] = account->webauthn_enabled;
  body["recovery_codes_left"] =
      static_cast<Json::Int64>(domain::count_recovery_codes(services.domain, id));
  return json_response(200, body);
}

Response start_totp(const Call& call, Services& services) {
  BodyReader body(call.request, BodyReader::Forms::Refused, BodyReader::Presence::Optional);
  const domain::Reauthentication proof{*call.principal->session,
                                       body.optional_secret("current_password")};
  if (auto refusal = body.refusal()) return with_login_limit(*std::move(refusal), services);

  const auto started =
      domain::start_totp(services.domain, call.principal->account.id, proof, call.origin());
  return with_login_limit(
      started ? enrolment_response(*started) : refuse(call.request, started.error()), services);
}

Response confirm_totp(const Call& call, Services& services) {
  BodyReader body(call.request);
  const auto code = body.secret("code");
  if (auto refusal = body.refusal()) return with_login_limit(*std::move(refusal), services);

  const auto codes = domain::confirm_totp(services.domain, call.principal->account.id, code,
                                          *call.principal->session, call.origin());
  return with_login_limit(codes ? codes_response(*codes) : refuse(call.request, codes.error()),
                          services);
}

Response disable_totp(const Call& call, Services& services) {
  BodyReader body(call.request, BodyReader::Forms::Refused, BodyReader::Presence::Optional);
  domain::SecondFactor proof;
  proof.totp = body.optional_secret("code");
  proof.recovery_code = body.optional_secret("recovery_code");
  if (auto refusal = body.refusal()) return with_login_limit(*std::move(refusal), services);

  const auto disabled =
      domain::disable_totp(services.domain, call.principal->account.id, proof, call.origin());
  return with_login_limit(disabled ? no_content() : refuse(call.request, disabled.error()),
                          services);
}

Response renew_recovery_codes(const Call& call, Services& services) {
  BodyReader body(call.request);
  domain::SecondFactor proof;
  proof.totp = body.optional_secret("code");
  proof.recovery_code = body.optional_secret("recovery_code");
  if (auto refusal = body.refusal()) return with_login_limit(*std::move(refusal), services);

  const auto codes = domain::renew_recovery_codes(services.domain, call.principal->account.id,
                                                  proof, call.origin());
  return with_login_limit(codes ? codes_response(*codes) : refuse(call.request, codes.error()),
                          services);
}

Response reset_mfa_of(const Call& call, Services& services) {
  const auto id = path_id<domain::AccountId>(call);
  if (!id) return not_found(call.request);
  const auto reset =
      domain::reset_second_factor(services.domain, *id, call.principal->account.id, call.origin());
  return reset ? no_content() : refuse(call.request, reset.error());
}

}  // namespace postern::handlers::native

#include "domain/email_code.hpp"
#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/factor_answer.hpp"
#include "handlers/kitsu/handlers.hpp"
#include "handlers/kitsu/two_factor_proof.hpp"

namespace postern::handlers::kitsu {
namespace {

constexpr std::string_view kAlready = "OTP by email already enabled.";
constexpr std::string_view kNotEnabled = "OTP by email not enabled.";
constexpr FactorWords kConfirming{kAlready, "OTP by email verification failed.", kNotEnabled};
constexpr FactorWords kDisabling{kAlready, "OTP verification failed.", kNotEnabled};

}  // namespace

/// Whether there is anybody to send a code to, or one was asked for too often, is not told.
Response send_email_otp(const Call& call, Services& services) {
  auto query = Reader::query(call.request);
  const auto login = query.required_text("email");
  if (query.refusal()) return *query.refusal();
  const auto asked = domain::request_email_code(services.domain, login, call.origin());
  if (!asked && asked.error().code == domain::Errc::InvalidInput) {
    return validation_error("email", "value is not a valid email address");
  }
  return success();
}

Response start_email_otp(const Call& call, Services& services) {
  const auto started =
      domain::start_email_otp(services.domain, call.principal->account.id, call.origin());
  if (started) return success();
  if (started.error().code == domain::Errc::NotPermitted) {
    return refused_proof("OTP by email is not available: no mail server is configured.");
  }
  return factor_refused(started.error(), kConfirming);
}

Response confirm_email_otp(const Call& call, Services& services) {
  Reader body(call.request);
  const domain::Secret code(body.required_text("email_otp"));
  if (body.refusal()) return *body.refusal();
  const auto& caller = *call.principal;
  const auto codes =
      domain::confirm_email_otp(services.domain, caller.account.id, code, *caller.session,
                                call.origin(), domain::RecoveryCodeStyle::Plain);
  return codes ? factor_in_force(call, services, *codes)
               : factor_refused(codes.error(), kConfirming);
}

Response disable_email_otp(const Call& call, Services& services) {
  Reader body(call.request);
  const auto proof = read_proof(body);
  if (body.refusal()) return *body.refusal();
  const auto disabled =
      domain::disable_email_otp(services.domain, call.principal->account.id, proof, call.origin());
  return disabled ? success() : factor_refused(disabled.error(), kDisabling);
}

}  // namespace postern::handlers::kitsu

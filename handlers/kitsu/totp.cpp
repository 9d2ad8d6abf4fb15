#include "domain/totp.hpp"

#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/factor_answer.hpp"
#include "handlers/kitsu/handlers.hpp"
#include "handlers/kitsu/two_factor_proof.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::kitsu {
namespace {

constexpr std::string_view kAlready = "TOTP already enabled.";
constexpr FactorWords kConfirming{kAlready, "TOTP verification failed.",
                                  "TOTP verification failed."};
constexpr FactorWords kDisabling{kAlready, "OTP verification failed.", "TOTP not enabled."};

}  // namespace

/// The clients have no place where they would ask for the password again.
Response start_totp(const Call& call, Services& services) {
  const auto& caller = *call.principal;
  const auto started =
      domain::start_totp(services.domain, caller.account.id,
                         {.session = *caller.session, .waived = true}, call.origin());
  if (!started) return factor_refused(started.error(), kConfirming);
  return Response(200, "application/json",
                  ObjectText()
                      .text("totp_provisionning_uri", started->uri.reveal())
                      .text("otp_secret", started->secret.reveal())
                      .finish());
}

Response confirm_totp(const Call& call, Services& services) {
  Reader body(call.request);
  const domain::Secret code(body.required_text("totp"));
  if (body.refusal()) return *body.refusal();
  const auto& caller = *call.principal;
  const auto codes = domain::confirm_totp(services.domain, caller.account.id, code, *caller.session,
                                          call.origin(), domain::RecoveryCodeStyle::Plain);
  if (codes) return factor_in_force(call, services, *codes);
  // None was started: there is nothing that the code could be right for.
  if (codes.error().code == domain::Errc::NotEnabled) {
    return refused_proof(kConfirming.wrong, "wrong_OTP");
  }
  return factor_refused(codes.error(), kConfirming);
}

Response disable_totp(const Call& call, Services& services) {
  Reader body(call.request);
  const auto proof = read_proof(body);
  if (body.refusal()) return *body.refusal();
  const auto disabled =
      domain::disable_totp(services.domain, call.principal->account.id, proof, call.origin());
  return disabled ? success() : factor_refused(disabled.error(), kDisabling);
}

}  // namespace postern::handlers::kitsu

#include "domain/recovery_code.hpp"
#include "handlers/kitsu/factor_answer.hpp"
#include "handlers/kitsu/handlers.hpp"
#include "handlers/kitsu/two_factor_proof.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::kitsu {
namespace {

constexpr std::string_view kNotEnabled = "No two factor authentication enabled.";
constexpr FactorWords kWords{kNotEnabled, "OTP verification failed.", kNotEnabled};

}  // namespace

Response renew_recovery_codes(const Call& call, Services& services) {
  Reader body(call.request);
  const auto proof = read_proof(body);
  if (body.refusal()) return *body.refusal();
  const auto codes =
      domain::renew_recovery_codes(services.domain, call.principal->account.id, proof,
                                   call.origin(), domain::RecoveryCodeStyle::Plain);
  if (!codes) return factor_refused(codes.error(), kWords);
  return Response(200, "application/json",
                  ObjectText().raw("otp_recovery_codes", codes_text(*codes)).finish());
}

}  // namespace postern::handlers::kitsu

#include "handlers/kitsu/factor_answer.hpp"

#include "domain/standing_refresh.hpp"
#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/session_answer.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::kitsu {

using domain::Errc;

std::string codes_text(const std::vector<domain::Secret>& codes) {
  if (codes.empty()) return "null";
  std::vector<std::string> texts;
  for (const auto& code : codes) texts.emplace_back(code.reveal());
  return text_list(texts);
}

Response factor_in_force(const Call& call, Services& services,
                         const std::vector<domain::Secret>& codes) {
  const auto& caller = *call.principal;
  const auto tokens = domain::reissue_tokens(services.domain, caller.account.id, *caller.session);
  if (!tokens) return refusal(tokens.error());
  Response response(200, "application/json",
                    ObjectText()
                        .raw("otp_recovery_codes", codes_text(codes))
                        .text("access_token", tokens->access.reveal())
                        .text("refresh_token", tokens->refresh.reveal())
                        .finish());
  if (gets_cookies(call.request, services)) {
    set_token_cookies(response, call.request, services, *tokens);
  }
  return response;
}

Response factor_refused(const domain::Error& error, const FactorWords& words) {
  switch (error.code) {
    case Errc::AlreadyEnabled:
      return refused_proof(words.already);
    case Errc::SecondFactorInvalid:
    case Errc::SecondFactorRequired:
      return refused_proof(words.wrong, "wrong_OTP");
    case Errc::NotEnabled:
      return refused_proof(words.not_enabled);
    case Errc::InvalidInput:
      if (error.field == "password") return refused_proof("Password is too short.");
      return refusal(error);
    default:
      return refusal(error);
  }
}

}  // namespace postern::handlers::kitsu

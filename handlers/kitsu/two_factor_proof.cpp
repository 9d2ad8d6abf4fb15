#include "handlers/kitsu/two_factor_proof.hpp"

#include <algorithm>

#include "domain/factor.hpp"
#include "domain/recovery_code.hpp"
#include "domain/webauthn.hpp"
#include "handlers/kitsu/person_object.hpp"
#include "handlers/object_text.hpp"
#include "handlers/webauthn_json.hpp"

namespace postern::handlers::kitsu {
namespace {

std::vector<std::string> methods_of(Services& services, const domain::Account& account) {
  std::vector<std::string> methods;
  for (const auto factor : domain::kFactors) {
    if (domain::has_factor(account, factor)) methods.emplace_back(factor_word(name_of(factor)));
  }
  if (domain::count_recovery_codes(services.domain, account.id) != 0) {
    methods.emplace_back("recovery_code");
  }
  std::sort(methods.begin(), methods.end());
  return methods;
}

}  // namespace

domain::SecondFactor read_proof(Reader& body) {
  domain::SecondFactor proof;
  proof.totp = body.secret("totp");
  proof.email_code = body.secret("email_otp");
  proof.recovery_code = body.secret("recovery_code");
  const auto assertion = body.object("fido_authentication_response");
  if (!assertion.isNull()) {
    proof.assertion = read_assertion(assertion).value_or(domain::WebauthnAssertion());
  }
  return proof;
}

Response missing_proof(Services& services, const domain::Account& account) {
  const std::string preferred(factor_word(account.preferred_factor));
  return Response(
      400, "application/json",
      ObjectText()
          .boolean("error", true)
          .boolean("login", false)
          .boolean("missing_OTP", true)
          .text_or_null("preferred_two_factor_authentication",
                        preferred.empty() ? nullptr : &preferred)
          .raw("two_factor_authentication_enabled", text_list(methods_of(services, account)))
          .finish());
}

Json::Value fido_devices(Services& services, domain::AccountId account) {
  Json::Value names(Json::arrayValue);
  for (const auto& credential :
       domain::list_webauthn_credentials(services.domain.database, account)) {
    names.append(credential.name);
  }
  return names;
}

}  // namespace postern::handlers::kitsu

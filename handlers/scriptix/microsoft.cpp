#include "handlers/scriptix/errors.hpp"
#include "handlers/scriptix/handlers.hpp"
#include "handlers/scriptix/reader.hpp"
#include "handlers/sso/sign_in.hpp"

namespace postern::handlers::scriptix {

/// The document has the token come back as a parameter of the address. That is why the addresses
/// are listed to the letter (scriptix.redirect_uris): whatever else could be named there would be
/// handed the token.
Response log_in_at_microsoft(const Call& call, Services& services) {
  auto query = Reader::query(call.request);
  const auto redirect_uri = query.optional_text("redirect_uri").value_or("");
  if (query.refusal()) return *query.refusal();

  auto started = sso::start_sign_in(call.request, services,
                                    {.provider = services.settings.scriptix.microsoft_provider,
                                     .return_to = redirect_uri,
                                     .delivery = sso::Delivery::UrlParameter,
                                     .kind = domain::SessionKind::Scriptix});
  if (started) return *std::move(started);
  if (started.error().code == domain::Errc::InvalidInput)
    return refused(400, "redirect_uri is not allowed", "INVALID_REDIRECT_URI");
  return refusal(started.error());
}

}  // namespace postern::handlers::scriptix

#include "domain/oauth_device.hpp"
#include "handlers/oauth/client_authentication.hpp"
#include "handlers/oauth/endpoints.hpp"
#include "handlers/oauth/errors.hpp"
#include "handlers/oauth/handlers.hpp"
#include "handlers/oauth/json_answer.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::oauth {
namespace {

Response show_codes(const domain::Settings& settings, const domain::DeviceCodes& codes) {
  const auto page = endpoint(settings, "/oauth/device");
  return json_answer(200,
                     ObjectText()
                         .text("device_code", codes.device_code.reveal())
                         .text("user_code", codes.user_code)
                         .text("verification_uri", page)
                         .text("verification_uri_complete", page + "?user_code=" + codes.user_code)
                         .number("expires_in", codes.lifetime.count())
                         .number("interval", codes.interval.count())
                         .finish());
}

}  // namespace

Response authorize_device(const Call& call, Services& services) {
  const auto form = Parameters::of_body(call.request);
  if (!form) return refusal(form.error());
  bool basic = false;
  const auto found = authenticate_client(call, services, *form, basic);
  if (!found) return refusal(found.error(), basic);
  if (!*found) return refusal({domain::Errc::ClientInvalid}, basic);
  const auto& client = (*found)->client;
  auto wanted = domain::settle_request(services.domain, client.metadata, form->resources(),
                                       form->get("scope"));
  if (!wanted) return refusal(wanted.error());
  const auto codes =
      domain::begin_device(services.domain, {client, *std::move(wanted)}, call.origin());
  if (!codes) return refusal(codes.error());
  return show_codes(services.domain.settings, *codes);
}

}  // namespace postern::handlers::oauth

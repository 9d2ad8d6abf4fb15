#include "handlers/scriptix/session_answer.hpp"

#include "domain/bytes.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::scriptix {

Response session_answer(const Services& services, const domain::Tokens& tokens) {
  const auto& ring = services.domain.ring;
  const auto session = tokens.session.text();
  const auto signature = ring.mac(domain::KeyPurpose::SessionSignature, ring.current_id(),
                                  domain::as_bytes("scriptix:" + session));
  Response response(200, "application/json",
                    ObjectText()
                        .text("access_token", tokens.access.reveal())
                        .boolean("login", true)
                        .boolean("mfa_required", false)
                        .text("session_id", session)
                        .text("signature", domain::base64url_encode(signature))
                        .finish());
  response.log_account = tokens.account.id.text();
  return response;
}

}  // namespace postern::handlers::scriptix

#include "handlers/object_text.hpp"
#include "handlers/scriptix/handlers.hpp"

namespace postern::handlers::scriptix {

Response show_me(const Call& call, Services& services) {
  const auto& account = call.principal->account;
  const auto& settings = services.settings.scriptix;
  return Response(200, "application/json",
                  ObjectText()
                      .number("id", account.number)
                      .text_or_null("email", account.email ? &*account.email : nullptr)
                      .text("organization", settings.organization)
                      .text("plan", settings.plan)
                      .finish());
}

}  // namespace postern::handlers::scriptix

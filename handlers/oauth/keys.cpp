#include "handlers/key_set.hpp"
#include "handlers/oauth/document.hpp"
#include "handlers/oauth/handlers.hpp"

namespace postern::handlers::oauth {

Response show_keys(const Call& /*call*/, Services& services) {
  return document(key_set(services), services.domain.settings.signing.jwks_max_age);
}

}  // namespace postern::handlers::oauth

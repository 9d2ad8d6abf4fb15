#pragma once

#include <json/value.h>

#include "domain/oauth_client.hpp"
#include "domain/oauth_consent.hpp"

namespace postern::handlers::native {

/// Applications and what people let them do, in the words of the native API (views.hpp). A client's
/// name is its own word: untrusted.

[[nodiscard]] Json::Value view(const domain::OAuthClient& client);
/// Its secret is in it, as `client_secret`: this once; null for one that has none.
[[nodiscard]] Json::Value view(const domain::MadeClient& made);
[[nodiscard]] Json::Value view(const domain::Consent& consent);

}  // namespace postern::handlers::native

#pragma once

#include <string>

#include "domain/account.hpp"
#include "domain/oauth_scope.hpp"
#include "handlers/oauth/page_template.hpp"
#include "handlers/services.hpp"

namespace postern::handlers::oauth {

/// What a client asks for, in words: `scopes` (text; idle where the person's role does not have it
/// now), has_scopes, and `resources` (name).
void describe_wanted(PageValues& values, Services& services, const domain::Wanted& wanted,
                     const domain::Account& account);

/// Who asks: `client`, `publisher` (the host of a client's metadata document), `unverified` where
/// nobody here has looked at it. The name is a stranger's word, and is shown as such.
void describe_client(PageValues& values, const domain::OAuthClient& client);

/// Which client that is: another text once people have to be asked again (oauth_consent.hpp). Forms
/// carry it, so that nobody allows what he was not shown.
[[nodiscard]] std::string edition_of(const domain::OAuthClient& client);

}  // namespace postern::handlers::oauth

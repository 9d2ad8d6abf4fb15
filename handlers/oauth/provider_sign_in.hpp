#pragma once

#include <string_view>

#include "domain/external_identity.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::oauth {

/// A provider has vouched for whoever set out from our sign-in page: he is signed in at the pages
/// as by that page itself, or asked for his second factor. `sign_in_page` is the address that he
/// set out from, which says where he goes on. What sign_in_browser_vouched() refuses.
[[nodiscard]] domain::Result<Response> enter_vouched(const Call& call, Services& services,
                                                     const domain::VouchedIdentity& identity,
                                                     const domain::LinkRules& rules,
                                                     std::string_view sign_in_page);

}  // namespace postern::handlers::oauth

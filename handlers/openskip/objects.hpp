#pragma once

#include <optional>
#include <string>

#include "domain/account.hpp"
#include "domain/api_key.hpp"
#include "domain/invite.hpp"

namespace postern::handlers::openskip {

/// Objects as the document shows them: member for member, ids as integers, times in whole seconds.
[[nodiscard]] std::string user_object(const domain::Account& account);

/// `text` is the whole key, where it is being shown (once).
[[nodiscard]] std::string key_object(const domain::ApiKey& key, domain::Instant now,
                                     const std::optional<domain::Secret>& text = std::nullopt);

/// Not in the document. `code` as `text` above.
[[nodiscard]] std::string invite_object(const domain::Invite& invite, domain::Instant now,
                                        const std::optional<domain::Secret>& code = std::nullopt);

}  // namespace postern::handlers::openskip

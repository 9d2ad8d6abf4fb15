#pragma once

#include "domain/session.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::scriptix {

/// A login that succeeded: `{"access_token","login","mfa_required","session_id","signature"}`. The
/// document does not say what the signature is of: here it is an HMAC over the session's id, under
/// a key of its own. Nothing takes it or checks it, and it opens nothing.
[[nodiscard]] Response session_answer(const Services& services, const domain::Tokens& tokens);

}  // namespace postern::handlers::scriptix

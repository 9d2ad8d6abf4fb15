#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/secret.hpp"

namespace postern::handlers::oauth {

/// A client's `Authorization: Basic` (RFC 7617, with RFC 6749 section 2.3.1: both parts are
/// form-encoded, which those who do not do it need not notice, since our ids and secrets hold no
/// character that it changes).
struct BasicCredentials {
  std::string client_id;
  domain::Secret secret;  ///< empty: the client only says who it is

  /// Of the header's value. The scheme in either case; strict base64 with padding; decoded after
  /// the split at the first ':', but that an address (https://…) without a secret is one client_id.
  /// None for all else.
  [[nodiscard]] static std::optional<BasicCredentials> parse(std::string_view header);
};

}  // namespace postern::handlers::oauth

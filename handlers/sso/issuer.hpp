#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "handlers/sso/settings.hpp"

namespace postern::handlers::sso {

/// Whose word is taken. An issuer is compared to the letter (OpenID Connect Discovery 1.0 section
/// 4.3). Microsoft is the exception: its addresses for all directories (`common`, `organizations`,
/// `consumers`) speak for issuers that differ from tenant to tenant, so that there the tenant
/// (`tid`) decides, and the issuer must be that tenant's.

/// One of those three addresses: `https://login.microsoftonline.com/common/v2.0` and its like.
[[nodiscard]] bool is_shared_directory(std::string_view issuer);
/// Any of Microsoft's.
[[nodiscard]] bool is_microsoft(std::string_view issuer);

/// The `issuer` of the discovery document.
[[nodiscard]] bool accepts_metadata_issuer(const Provider& provider, std::string_view issuer);
/// The `iss` beside a code (RFC 9207), before anything is known of the tenant.
[[nodiscard]] bool accepts_response_issuer(const Provider& provider, std::string_view issuer);
/// `iss` and `tid` of an ID token. Where `tenants` is set, `tid` must be one of them.
[[nodiscard]] bool accepts_token_issuer(const Provider& provider, std::string_view issuer,
                                        const std::optional<std::string>& tenant);
/// Whether a key that names an issuer (Microsoft's do) signs for this one.
[[nodiscard]] bool key_signs_for(std::string_view key_issuer, std::string_view issuer,
                                 const std::optional<std::string>& tenant);

}  // namespace postern::handlers::sso

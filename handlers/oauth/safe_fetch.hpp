#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "domain/result.hpp"
#include "domain/secret.hpp"
#include "domain/settings.hpp"

namespace postern::handlers::oauth {

/// What a stranger told us to fetch, or to tell: nothing of ours may be reached by it (SSRF,
/// oauth.md 3a.25). Only https, on any port; certificates are checked; no redirect is followed, no
/// proxy of the environment used; each address that the host resolves to is judged when it is
/// connected to, so that a second answer of the DNS changes nothing: public ones (not private,
/// loopback, link-local, shared, multicast, reserved, unspecified, nor IPv6 forms that hold such an
/// IPv4 address), or in settings.oauth.fetch_networks. At most 10 KiB.
struct Fetched {
  int status = 0;
  std::string media_type;  ///< lower case, without parameters
  std::string body;
  std::optional<std::chrono::seconds> max_age;  ///< Cache-Control; 0 for no-store and no-cache
};
/// A GET, for which somebody waits: 2 s to connect, 3 s in all. ProviderUnavailable (detail for the
/// log) where no whole answer came.
[[nodiscard]] domain::Result<Fetched> safe_fetch(const domain::OAuthSettings& settings,
                                                 const std::string& url);
/// A POST of a form: 3 s to connect, 5 s in all.
[[nodiscard]] domain::Result<Fetched> safe_post(const domain::OAuthSettings& settings,
                                                const std::string& url, const domain::Secret& form);

/// Whether such an address (text) may be reached.
[[nodiscard]] bool is_fetchable(const domain::OAuthSettings& settings, const std::string& address);

}  // namespace postern::handlers::oauth

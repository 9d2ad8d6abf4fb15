#pragma once

#include <string>
#include <string_view>

#include "domain/services.hpp"

namespace postern::handlers::oauth {

/// Leave to fetch what a stranger named, kept while it is fetched. It holds strangers to so many
/// fetches a minute from one network (20), of one host (60) and of one address (2), so that nobody
/// can make us hammer somebody; and all of this machine's workers to a few at a time, so that hosts
/// that do not answer leave workers for everybody else (rule R9): four at once, and while these
/// hang one more every one and a half seconds, each of which ends within five.
class FetchTurn {
 public:
  /// How we came by the address.
  enum class For {
    Stranger,  ///< somebody named it just now: all limits
    Client,    ///< a client that we know named it once: not that of the network it is needed from
    Again      ///< we had something from there before: not that of the host either, so that
               ///< strangers who name more of the same host hold nothing up
  };
  /// ProviderUnavailable with retry_after.
  [[nodiscard]] static domain::Result<FetchTurn> take(domain::Services& services, For why,
                                                      const std::string& url,
                                                      std::string_view remote_address);
  ~FetchTurn();
  FetchTurn(FetchTurn&& other) noexcept;
  FetchTurn& operator=(FetchTurn&&) = delete;

 private:
  explicit FetchTurn(domain::Services& services) : services_(&services) {}
  domain::Services* services_;  ///< null once moved from
};

}  // namespace postern::handlers::oauth

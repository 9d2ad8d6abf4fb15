#pragma once

#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "domain/password_hasher.hpp"
#include "handlers/services.hpp"

namespace postern::handlers::oauth {

/// Leave to fetch what a stranger named, kept while it is fetched. Whoever fetches has a place
/// among few (settings.oauth.fetches, which are fewer than the workers), so that hosts which do not
/// answer leave workers for everybody else (rule R9): exactly, whatever hangs and whoever is killed
/// over it. The last place is not for strangers, where there is more than one.
///
/// What takes longer than half a second is slow, and held to less, so that nobody has the places to
/// himself: two at a time for one network and one host, then one every half a minute; and two at a
/// time for each place, then one every ten seconds, for all of this machine. What is known already
/// (Again) is counted for itself, so that strangers use up nothing of that.
///
/// Besides, strangers are held to so many fetches a minute from one network (20), of one host (60)
/// and of one address (2), so that nobody can make us hammer somebody.
class FetchTurn {
 public:
  /// How we came by the address.
  enum class For {
    Stranger,  ///< somebody named it just now: all limits
    Client,    ///< a client that we know named it once: not the 20 of the network it is needed from
    Again      ///< we had something from there before: not the 60 of the host either, so that
               ///< strangers who name more of the same host hold nothing up
  };
  /// ProviderUnavailable with retry_after.
  [[nodiscard]] static domain::Result<FetchTurn> take(Services& services, For why,
                                                      const std::string& url,
                                                      std::string_view remote_address);
  ~FetchTurn();
  FetchTurn(FetchTurn&& other) noexcept;
  FetchTurn& operator=(FetchTurn&&) = delete;

 private:
  /// A limit that is only for what is slow: what was not is given back.
  struct SlowLimit {
    std::string name;
    domain::Rate rate;
  };

  FetchTurn(Services& services, For why, const std::string& host, std::string_view remote_address);
  [[nodiscard]] domain::Outcome begin();

  Services* services_;  ///< null once moved from
  domain::HashSlots places_;
  int place_ = -1;
  std::array<SlowLimit, 3> limits_;
  std::size_t charged_ = 0;  ///< so many of them
  std::chrono::milliseconds began_;
};

}  // namespace postern::handlers::oauth

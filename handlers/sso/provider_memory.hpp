#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "domain/password_hasher.hpp"
#include "handlers/sso/http_client.hpp"
#include "handlers/sso/metadata.hpp"
#include "handlers/sso/signed_token.hpp"

namespace postern::handlers::sso {

/// What one worker knows of the providers, and its way to ask them. Providers are told apart by
/// their names, of which a process's configuration has each once.
///
/// Metadata and keys are believed for an hour. A key id that is not known makes the keys be read
/// once more, at most every 30 s for one provider, so that a new key is found and tokens with
/// made-up ids cannot make us hammer it. A provider that did not answer is not asked for its
/// metadata or keys again for 5 s.
///
/// No more workers at once wait for providers than there are places, whatever hangs (rule R9): the
/// others say ProviderUnavailable after a quarter of a second. A place belongs to a process, and is
/// taken over from a dead one.
class ProviderMemory {
 public:
  using Uptime = std::chrono::milliseconds;  ///< domain::Clock::uptime()
  using Places = std::span<domain::HashSlots::Slot>;

  /// `places` lies in memory shared by all workers, zeroed at first.
  explicit ProviderMemory(Places places) : ProviderMemory(places, HttpClient::Limits{}) {}
  ProviderMemory(Places places, const HttpClient::Limits& limits)
      : places_(places), client_(limits) {}

  /// Good until the next call. ProviderUnavailable, ProviderRefused.
  [[nodiscard]] domain::Result<const Metadata*> metadata(const Provider& provider, Uptime now);
  /// A key of the provider signed it. ProviderRefused, ProviderUnavailable.
  [[nodiscard]] domain::Outcome check_signature(const Provider& provider, const SignedToken& token,
                                                Uptime now);
  /// Any other question. ProviderUnavailable as well where the provider answers 429 or 5xx.
  [[nodiscard]] domain::Result<HttpAnswer> ask(const HttpQuestion& question);

 private:
  struct Known {
    std::optional<Metadata> metadata;
    Uptime metadata_until{0}, metadata_retry{0};
    std::optional<KeySet> keys;
    Uptime keys_until{0}, keys_retry{0};
    Uptime next_rereading{0};  ///< for an unknown key id
  };
  [[nodiscard]] domain::Result<std::string> read_document(const Provider& provider,
                                                          const std::string& url);
  [[nodiscard]] domain::Outcome read_keys(const Provider& provider, Known& known, Uptime now);

  domain::HashSlots places_;
  HttpClient client_;
  std::map<std::string, Known, std::less<>> known_;
};

}  // namespace postern::handlers::sso

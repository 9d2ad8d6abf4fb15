#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "domain/credential_cache.hpp"
#include "domain/oauth_tokens.hpp"

namespace postern::domain {

/// OAuth clients that were used lately, in one process (rule R6, rule R9): at most kMost, the one
/// used longest ago goes first. What is found is as right as what CredentialCache finds, by whose
/// counter it is judged: nothing that was read before a revocation of the client
/// (revocation.hpp: client_changed()) is found after that was acknowledged, and nothing where
/// revocations are not heard of. Not for use by two threads.
class ClientMemory {
 public:
  static constexpr std::size_t kMost = 128;

  /// Until when something is believed: the stamp from before the database was asked.
  struct Belief {
    CredentialCache::Stamp stamp = 0;
    Instant until;
  };
  /// What a client gets tokens by when it acts for itself.
  struct OwnGrant {
    LiveGrant grant;
    Belief belief;
  };
  struct Known {
    OAuthClient client;
    std::optional<Bytes> secret_hash;  ///< none: it has no secret
    std::uint8_t hash_key_id = 0;
    std::optional<OwnGrant> own{};  ///< own_grant() says whether it is still right
  };

  /// Null for what is not known, or not to be believed any more. Good until the next call of this
  /// or keep().
  [[nodiscard]] Known* find(const CredentialCache& cache, const Clock& clock,
                            std::string_view client_id);
  void keep(Known known, const Belief& belief);

  /// Null where there is none that is right now.
  [[nodiscard]] static const LiveGrant* own_grant(const CredentialCache& cache, const Clock& clock,
                                                  const Known& known);

 private:
  struct Place {
    Known known;
    Belief belief;
    std::uint64_t used = 0;
  };
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  void make_room();

  std::unordered_map<std::string, Place, Hash, std::equal_to<>> places_;
  std::uint64_t uses_ = 0;
};

/// The belief in what is read from now on; none where nothing is to be remembered.
[[nodiscard]] std::optional<ClientMemory::Belief> belief_from_now(const Services& services);

}  // namespace postern::domain

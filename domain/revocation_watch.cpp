#include "domain/revocation_watch.hpp"

#include "domain/revocation_listener.hpp"
#include "domain/revocation_poller.hpp"

namespace postern::domain {

std::unique_ptr<RevocationWatch> make_revocation_watch(const Database::Options& where,
                                                       const CacheSettings& settings,
                                                       const Clock& clock, Random& random,
                                                       CredentialCache& cache) {
  switch (settings.coherence) {
    case Coherence::Listen:
      return std::make_unique<RevocationListener>(where, settings, clock, random, cache);
    case Coherence::Poll:
      return std::make_unique<RevocationPoller>(where, settings, clock, cache);
  }
  return nullptr;
}

}  // namespace postern::domain

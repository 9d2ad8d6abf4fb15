#include "cli/gate_desk_host.hpp"

#include "cli/domain_host.hpp"

namespace postern::cli {

GateDeskHost::GateDeskHost(std::shared_ptr<const LoadedConfig> loaded, fcgi::SharedSegment& shared,
                           unsigned slot)
    : GateDeskHost(loaded, shared, slot, load_key_ring(loaded->config)) {}

GateDeskHost::GateDeskHost(std::shared_ptr<const LoadedConfig> loaded, fcgi::SharedSegment& shared,
                           unsigned slot, const domain::KeyRing& ring)
    : loaded_(std::move(loaded)),
      cache_(shared_cache(shared, slot)),
      fingerprints_(ring, loaded_->config.domain),
      limiter_(shared_limiter(shared, ring)),
      desk_({loaded_->config.domain.policy, loaded_->config.handlers.gate, cache_, fingerprints_,
             clock_, limiter_, loaded_->config.domain.oauth,
             loaded_->config.domain.webauthn.origins}) {}

}  // namespace postern::cli

#include "cli/gate_desk_host.hpp"

#include "cli/domain_host.hpp"

namespace postern::cli {

GateDeskHost::GateDeskHost(std::shared_ptr<const LoadedConfig> loaded, fcgi::SharedSegment& shared,
                           unsigned slot)
    : loaded_(std::move(loaded)),
      cache_(shared_cache(shared, slot)),
      fingerprints_(load_key_ring(loaded_->config), loaded_->config.domain),
      desk_({loaded_->config.domain.policy, loaded_->config.handlers.gate, cache_, fingerprints_,
             clock_, limiter_}) {}

}  // namespace postern::cli

#include "cli/domain_host.hpp"

#include "cli/exit_code.hpp"
#include "cli/shared_memory.hpp"
#include "domain/revocation_fence.hpp"

namespace postern::cli {

domain::KeyRing load_key_ring(const Config& config) {
  auto ring = domain::KeyRing::load(config.master_key_file);
  if (ring.ok()) return std::move(ring).value();
  throw CommandError(kConfiguration, "keys.master_key_file: " + ring.error().detail);
}

domain::Database::Options database_options(const Config& config,
                                           const std::string& application_name, bool plan_once) {
  return {config.database.url, application_name, config.database.connect_timeout,
          config.database.statement_timeout, plan_once};
}

DomainHost::DomainHost(const Config& config, std::span<domain::HashSlots::Slot> hash_slots,
                       const HostOptions& options)
    : ring_(load_key_ring(config)),
      database_(database_options(config, options.application_name, options.plan_once)),
      passwords_(config.domain.password, domain::HashSlots(hash_slots)),
      limiter_(options.shared == nullptr ? domain::Limiter()
                                         : shared_limiter(*options.shared, ring_)),
      fingerprints_(ring_, config.domain),
      services_{config.domain, database_,     clock_,     random_,
                ring_,         signing_keys_, passwords_, limiter_} {
  if (options.cache == nullptr) return;
  services_.memory =
      &memory_.emplace(domain::CheckMemory{*options.cache, fingerprints_, &clients_});
}

void DomainHost::load_signing_keys() {
  signing_keys_.load(database_, ring_, clock_.now());
}

void CommandHost::settle() noexcept {
  auto& services = host_.services();
  if (services.announced == settled_) return;
  settled_ = services.announced;
  (void)domain::wait_until_known(database_options(config_, kName), config_.domain.cache,
                                 services.clock, services.random);
}

}  // namespace postern::cli

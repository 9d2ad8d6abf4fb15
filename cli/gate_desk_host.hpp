#pragma once

#include <memory>

#include "cli/config_file.hpp"
#include "cli/shared_memory.hpp"
#include "domain/fingerprint.hpp"
#include "fcgi/desk.hpp"
#include "handlers/gate_desk.hpp"

namespace postern::cli {

/// What a gate's worker is made of, after the fork: no database, no signing key, and of the master
/// keys only what names credentials in the cache and limits in the limiter.
class GateDeskHost final : public fcgi::Desk {
 public:
  GateDeskHost(std::shared_ptr<const LoadedConfig> loaded, fcgi::SharedSegment& shared,
               unsigned slot);

  bool answer(const fcgi::Inspection& seen, fcgi::QuickAnswer& answer) override {
    return desk_.answer(seen, answer);
  }
  void refuse(const fcgi::Inspection& seen, int status, fcgi::QuickAnswer& answer) override {
    desk_.refuse(seen, status, answer);
  }

 private:
  GateDeskHost(std::shared_ptr<const LoadedConfig> loaded, fcgi::SharedSegment& shared,
               unsigned slot, const domain::KeyRing& ring);

  std::shared_ptr<const LoadedConfig> loaded_;
  domain::SystemClock clock_;
  domain::CredentialCache cache_;
  domain::Fingerprinter fingerprints_;
  domain::Limiter limiter_;
  handlers::GateDesk desk_;
};

}  // namespace postern::cli

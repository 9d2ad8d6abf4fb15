#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "cli/config.hpp"
#include "domain/client_memory.hpp"
#include "domain/fingerprint.hpp"
#include "domain/services.hpp"
#include "fcgi/shared_segment.hpp"

namespace postern::cli {

/// Reads the master keys; CommandError (kConfiguration) says what is wrong with the file.
[[nodiscard]] domain::KeyRing load_key_ring(const Config& config);
[[nodiscard]] domain::Database::Options database_options(const Config& config,
                                                         const std::string& application_name,
                                                         bool plan_once = false);

/// What one process needs the domain for.
struct HostOptions {
  std::string application_name;                 ///< as PostgreSQL shows it
  const fcgi::SharedSegment* shared = nullptr;  ///< where limits are kept; none: nothing is limited
  domain::CredentialCache* cache = nullptr;     ///< where checks are remembered; none: nowhere
  bool plan_once = false;                       ///< connection_string.hpp
};

/// Everything the domain's functions work with, made for one process from its configuration, which
/// must outlive it, as the cache must. The database is not asked for anything yet, and signing keys
/// are not loaded.
class DomainHost {
 public:
  DomainHost(const Config& config, std::span<domain::HashSlots::Slot> hash_slots,
             const HostOptions& options);
  DomainHost(const DomainHost&) = delete;
  DomainHost& operator=(const DomainHost&) = delete;

  [[nodiscard]] domain::Services& services() { return services_; }
  /// Reads the signing keys anew. Throws as SigningKeys::load.
  void load_signing_keys();

 private:
  domain::SystemClock clock_;
  domain::SodiumRandom random_;
  domain::KeyRing ring_;
  domain::Database database_;
  domain::SigningKeys signing_keys_;
  domain::PasswordHasher passwords_;
  domain::Limiter limiter_;
  domain::Fingerprinter fingerprints_;
  domain::ClientMemory clients_;
  std::optional<domain::CheckMemory> memory_;
  domain::Services services_;
};

/// A DomainHost for a command: the slots are its own, since one command hashes once. It shares no
/// memory with the workers: no limit holds it up, none is lifted by it, and what it revoked has to
/// be waited for: a command calls settle() before it says that something is done. The end of the
/// host does so too, if the command did not.
class CommandHost {
 public:
  explicit CommandHost(const Config& config)
      : config_(config), host_(config, slots_, {.application_name = kName}) {}
  ~CommandHost() { settle(); }
  CommandHost(const CommandHost&) = delete;
  CommandHost& operator=(const CommandHost&) = delete;

  /// Returns when every machine has applied what was revoked here since the last call: see
  /// domain/revocation_fence.hpp. At once where nothing was.
  void settle() noexcept;
  [[nodiscard]] domain::Services& services() { return host_.services(); }
  [[nodiscard]] static domain::Origin origin() { return {"", kName, ""}; }

 private:
  static constexpr const char* kName = "postern command";

  const Config& config_;
  std::array<domain::HashSlots::Slot, 1> slots_{};
  DomainHost host_;
  std::uint64_t settled_ = 0;
};

}  // namespace postern::cli

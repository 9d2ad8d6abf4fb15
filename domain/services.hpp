#pragma once

#include <cstdint>
#include <string>

#include "domain/clock.hpp"
#include "domain/database.hpp"
#include "domain/key_ring.hpp"
#include "domain/limiter.hpp"
#include "domain/password_hasher.hpp"
#include "domain/random.hpp"
#include "domain/settings.hpp"
#include "domain/signing_keys.hpp"

namespace postern::domain {

class ClientMemory;
class CredentialCache;
class Fingerprinter;

/// What checks are remembered with (check_credential.hpp).
struct CheckMemory {
  CredentialCache& cache;
  const Fingerprinter& fingerprints;
  ClientMemory* clients = nullptr;  ///< none: each OAuth client is asked for each time
};

/// What the domain's functions work with: one per worker, made after the fork.
struct Services {
  const Settings& settings;
  Database& database;
  const Clock& clock;
  Random& random;
  const KeyRing& ring;
  SigningKeys& signing_keys;
  PasswordHasher& passwords;
  Limiter& limiter;
  CheckMemory* memory = nullptr;  ///< none: every check asks the database
  /// Revoking transactions committed here, or perhaps committed (announcement.hpp).
  std::uint64_t announced = 0;
};

/// Where a request came from, for audit, limits and the list of sessions. All of it is untrusted
/// text but the address, which is the web server's word.
struct Origin {
  std::string address;     ///< IPv4 or IPv6; empty when unknown
  std::string user_agent;  ///< cut at 256 bytes of clean text by the reader
  std::string request_id;
};

}  // namespace postern::domain

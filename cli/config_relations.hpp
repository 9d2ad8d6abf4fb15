#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/config.hpp"

namespace postern::cli {

/// A broken relation between two keys, each of which is acceptable by itself.
struct BrokenRelation {
  std::string key, other;  ///< where to complain, and what it is measured against
  std::string message;
};

/// What must hold between keys: OWASP's floor for Argon2id, lifetimes within each other, two
/// sockets and not one.
[[nodiscard]] std::vector<BrokenRelation> check_relations(const Config& config);

/// The least memory that OWASP's Password Storage Cheat Sheet asks of Argon2id with p = 1, in KiB.
[[nodiscard]] std::uint32_t owasp_memory_floor(std::uint32_t iterations);

}  // namespace postern::cli

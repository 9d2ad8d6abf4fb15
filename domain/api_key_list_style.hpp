#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/api_key.hpp"

namespace postern::domain {

/// Which of an account's keys: those of one dialect whose type is among `types`, or is not.
struct KeyStyleFilter {
  std::string dialect;
  std::vector<std::string> types;
  bool among = true;
  bool ended = false;  ///< revoked and expired ones too, while their tombstones stand
};

/// A part of a list by position, for dialects that know no cursor. What was added or ended between
/// two calls shifts it.
struct OffsetRequest {
  std::int64_t offset = 0;   ///< 0-100,000
  std::uint32_t limit = 25;  ///< 1-100
};

struct KeyListing {
  std::vector<ApiKey> keys;
  std::int64_t total = 0;  ///< of all parts
};

/// Newest first. InvalidInput field offset or limit. NOT one moment: the total is counted after the
/// part was read.
[[nodiscard]] Result<KeyListing> list_keys_of_style(Services& services, AccountId account,
                                                    const KeyStyleFilter& filter,
                                                    const OffsetRequest& part);

}  // namespace postern::domain

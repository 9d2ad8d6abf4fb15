#pragma once

#include "domain/secret.hpp"

namespace postern::domain {

/// The password that everybody knows, of accounts that nobody has claimed yet
/// (NewAccount::claimable). It is too short to be anybody's own.
inline constexpr std::string_view kDefaultPassword = "default";

[[nodiscard]] inline bool is_default_password(const Secret& password) {
  return password.equals(kDefaultPassword);
}

}  // namespace postern::domain

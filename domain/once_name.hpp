#pragma once

#include <string>
#include <string_view>

namespace postern::domain {

/// The limiter's names (limiter.hpp) of what may be used once. Anybody can make as many of them as
/// he likes, so that they lie in buckets of their own, half as many as all other names have: they
/// push out each other, the one that would have been free first, and never a limit.
inline constexpr std::string_view kOncePrefix = "once:";

[[nodiscard]] inline std::string once_name(std::string_view what) {
  return std::string(kOncePrefix).append(what);
}

}  // namespace postern::domain

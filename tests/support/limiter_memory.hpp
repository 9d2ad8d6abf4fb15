#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "domain/limiter.hpp"

namespace postern::test {

inline constexpr std::array<std::byte, domain::Limiter::kKeyBytes> kLimiterKey{std::byte{1}};

/// Zeroed memory for a limiter, which forked children share.
class LimiterMemory {
 public:
  explicit LimiterMemory(std::size_t names);
  ~LimiterMemory();
  LimiterMemory(const LimiterMemory&) = delete;
  LimiterMemory& operator=(const LimiterMemory&) = delete;

  [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

 private:
  std::span<std::byte> bytes_;
};

}  // namespace postern::test

#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace postern::domain {

/// The only source of randomness, an argument so that tests can script it.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

/// libsodium's generator (getrandom(2)): no state of its own that a fork could copy.
class SodiumRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

/// `length` characters of [0-9A-Za-z], without modulo bias: 5.95 bits each.
[[nodiscard]] std::string random_base62(Random& random, std::size_t length);

}  // namespace postern::domain

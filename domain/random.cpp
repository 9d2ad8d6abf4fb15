#include "domain/random.hpp"

#include <sodium.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace postern::domain {
namespace {

constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static_assert(kBase62.size() == 62);

/// Bytes from here on are thrown away, so that each character is equally likely: 4 * 62.
constexpr std::uint8_t kFirstBiased = 248;

}  // namespace

void SodiumRandom::fill(std::span<std::uint8_t> out) {
  // Idempotent and cheap after the first time; without it the generator may be unusable.
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be initialised");
  randombytes_buf(out.data(), out.size());
}

std::string random_base62(Random& random, std::size_t length) {
  std::string text;
  text.reserve(length);
  std::array<std::uint8_t, 64> pool{};
  while (text.size() < length) {
    random.fill(pool);
    for (const std::uint8_t byte : pool) {
      if (byte < kFirstBiased && text.size() < length) text.push_back(kBase62[byte % 62]);
    }
  }
  sodium_memzero(pool.data(), pool.size());
  return text;
}

}  // namespace postern::domain

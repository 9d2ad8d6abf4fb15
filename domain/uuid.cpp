#include "domain/uuid.hpp"

#include <algorithm>

#include "domain/bytes.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kTextLength = 36;

constexpr bool is_dash_position(std::size_t i) {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

}  // namespace

Uuid Uuid::v7(Instant now, Random& random) {
  Uuid uuid;
  random.fill(uuid.bytes);
  const auto since_epoch = std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch();
  auto millis = static_cast<std::uint64_t>(since_epoch.count());
  for (std::size_t i = 6; i-- > 0; millis >>= 8U)
    uuid.bytes[i] = static_cast<std::uint8_t>(millis & 0xFFU);
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0FU) | 0x70U);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3FU) | 0x80U);
  return uuid;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != kTextLength) return std::nullopt;
  std::string digits;
  digits.reserve(32);
  for (std::size_t i = 0; i < kTextLength; ++i) {
    if (is_dash_position(i)) {
      if (text[i] != '-') return std::nullopt;
    } else {
      digits.push_back(text[i]);
    }
  }
  const auto decoded = hex_decode(digits);
  if (!decoded) return std::nullopt;
  Uuid uuid;
  std::copy(decoded->begin(), decoded->end(), uuid.bytes.begin());
  return uuid;
}

std::string Uuid::text() const {
  std::string text = hex_encode(bytes);
  for (const std::size_t i : {8U, 13U, 18U, 23U}) text.insert(i, 1, '-');
  return text;
}

}  // namespace postern::domain

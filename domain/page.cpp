#include "domain/page.hpp"

#include <algorithm>

#include "domain/bytes.hpp"

namespace postern::domain {
namespace {

constexpr std::uint32_t kLargestPage = 100;

/// The sort key's bytes; empty for the first page.
Result<Bytes> sort_key(const PageRequest& page, std::size_t size) {
  if (page.limit < 1 || page.limit > kLargestPage)
    return Error{Errc::InvalidInput, "limit", "out_of_range"};
  if (!page.after) return Bytes{};
  auto key = page.after->size() > 2 * size ? std::nullopt : base64url_decode(*page.after);
  if (!key || key->size() != size) return Error{Errc::InvalidInput, "cursor", "invalid"};
  return std::move(*key);
}

}  // namespace

std::string make_cursor(const Uuid& last) {
  return base64url_encode(last.bytes);
}

std::string make_cursor(std::int64_t last) {
  std::array<std::uint8_t, 8> key{};
  auto rest = static_cast<std::uint64_t>(last);
  for (std::size_t i = key.size(); i-- > 0; rest >>= 8U)
    key[i] = static_cast<std::uint8_t>(rest & 0xFFU);
  return base64url_encode(key);
}

Result<std::optional<Uuid>> page_after_uuid(const PageRequest& page) {
  const auto key = sort_key(page, 16);
  if (!key) return key.error();
  if (key->empty()) return std::optional<Uuid>();
  Uuid uuid;
  std::copy(key->begin(), key->end(), uuid.bytes.begin());
  return std::optional(uuid);
}

Result<std::optional<std::int64_t>> page_after_number(const PageRequest& page) {
  const auto key = sort_key(page, 8);
  if (!key) return key.error();
  if (key->empty()) return std::optional<std::int64_t>();
  std::uint64_t value = 0;
  for (const std::uint8_t byte : *key) value = (value << 8U) | byte;
  return std::optional(static_cast<std::int64_t>(value));
}

}  // namespace postern::domain

#include "domain/network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <span>

namespace postern::domain {
namespace {

constexpr unsigned kAllBits = 128;
constexpr unsigned kMappedBits = 96;  ///< of ::ffff:0:0/96, where IPv4 lies

using Bytes16 = std::array<std::uint8_t, 16>;

std::string text_of(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(family, address, text.data(), text.size());
  return text.data();
}

/// What inet_pton reads stops at a NUL: a longer text is no address.
std::optional<std::string> as_argument(std::string_view address) {
  if (address.size() >= INET6_ADDRSTRLEN || address.find('\0') != std::string_view::npos) return {};
  return std::string(address);
}

bool is_mapped(const Bytes16& bytes) {
  constexpr std::array<std::uint8_t, 12> kPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::equal(kPrefix.begin(), kPrefix.end(), bytes.begin());
}

std::optional<Bytes16> parse_address(std::string_view address) {
  const auto text = as_argument(address);
  if (!text) return {};
  Bytes16 bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (inet_pton(AF_INET, text->c_str(), &bytes[12]) == 1) return bytes;
  if (inet_pton(AF_INET6, text->c_str(), bytes.data()) == 1) return bytes;
  return {};
}

bool same_bits(const Bytes16& a, const Bytes16& b, unsigned bits) {
  const unsigned whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
  const unsigned rest = bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xffU << (8 - rest));
  return (a[whole] & mask) == (b[whole] & mask);
}

/// All bits behind the length are zero.
bool is_aligned(const Bytes16& bytes, unsigned bits) {
  for (unsigned bit = bits; bit < kAllBits; ++bit) {
    if ((bytes[bit / 8] >> (7 - bit % 8) & 1U) != 0) return false;
  }
  return true;
}

}  // namespace

std::string network_of(std::string_view address) {
  auto bytes = parse_address(address);
  if (!bytes) return "unknown";
  if (is_mapped(*bytes)) return text_of(AF_INET, &(*bytes)[12]);
  std::fill(bytes->begin() + 8, bytes->end(), std::uint8_t{0});
  return text_of(AF_INET6, bytes->data()) + "/64";
}

std::string site_of(std::string_view address) {
  auto bytes = parse_address(address);
  if (!bytes || is_mapped(*bytes)) return {};
  std::fill(bytes->begin() + 6, bytes->end(), std::uint8_t{0});
  return text_of(AF_INET6, bytes->data()) + "/48";
}

std::optional<Network> Network::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = text.substr(0, slash);
  const auto bytes = parse_address(address);
  if (!bytes) return {};
  const bool is_v4 = address.find(':') == std::string_view::npos;
  const unsigned offset = is_v4 ? kMappedBits : 0;
  unsigned bits = kAllBits - offset;
  if (slash != std::string_view::npos) {
    const auto length = text.substr(slash + 1);
    const auto* end = length.data() + length.size();
    unsigned given = 0;
    const auto parsed = std::from_chars(length.data(), end, given);
    const bool leading_zero = length.size() > 1 && length.front() == '0';
    if (parsed.ec != std::errc() || parsed.ptr != end || given > bits || leading_zero) return {};
    bits = given;
  }
  Network network;
  network.bytes_ = *bytes;
  network.bits_ = static_cast<std::uint8_t>(bits + offset);
  if (!is_aligned(network.bytes_, network.bits_)) return {};
  return network;
}

bool Network::contains(std::string_view address) const {
  const auto bytes = parse_address(address);
  if (!bytes) return false;
  const bool is_v4_network = bits_ >= kMappedBits && is_mapped(bytes_);
  return is_mapped(*bytes) == is_v4_network && same_bits(*bytes, bytes_, bits_);
}

std::string Network::text() const {
  if (bits_ >= kMappedBits && is_mapped(bytes_)) {
    return text_of(AF_INET, &bytes_[12]) + "/" + std::to_string(bits_ - kMappedBits);
  }
  return text_of(AF_INET6, bytes_.data()) + "/" + std::to_string(bits_);
}

}  // namespace postern::domain

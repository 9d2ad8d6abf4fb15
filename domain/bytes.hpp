#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace postern::domain {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] ByteView as_bytes(std::string_view text);

/// base64url without padding (RFC 4648 section 5). Decoding is strict: no padding, no foreign
/// characters, no non-zero trailing bits, so that each byte string has exactly one spelling.
[[nodiscard]] std::string base64url_encode(ByteView bytes);
[[nodiscard]] std::optional<Bytes> base64url_decode(std::string_view text);

/// Lower-case hexadecimal; decoding takes either case.
[[nodiscard]] std::string hex_encode(ByteView bytes);
[[nodiscard]] std::optional<Bytes> hex_decode(std::string_view text);

/// Six base62 characters of CRC-32 (IEEE) over `text`: lets scanners tell a leaked token from noise
/// and typing errors from attacks, without a database. It protects against nothing else.
[[nodiscard]] std::string checksum6(std::string_view text);

}  // namespace postern::domain

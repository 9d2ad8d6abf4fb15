#pragma once

#include <string>
#include <string_view>

namespace postern::handlers {

/// The text as a QR code (ISO/IEC 18004, by qrcodegen; error correction M at least), drawn as one
/// SVG: a white ground, one black path, a module a unit, the quiet zone of 4 around it. It refers
/// to nothing outside, and holds no style and no script, so that a page may embed it as it is.
/// Throws std::length_error past 2,331 bytes.
[[nodiscard]] std::string qr_svg(std::string_view text);

}  // namespace postern::handlers

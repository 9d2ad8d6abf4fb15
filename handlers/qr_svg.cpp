#include "handlers/qr_svg.hpp"

#include <qrcodegen/qrcodegen.hpp>

namespace postern::handlers {
namespace {

using qrcodegen::QrCode;

constexpr int kQuietZone = 4;

/// One rectangle for each run of dark modules of a row.
std::string path_of(const QrCode& code) {
  std::string path;
  const int size = code.getSize();
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size;) {
      int end = x;
      while (end < size && code.getModule(end, y)) ++end;
      if (end > x) {
        const std::string length = std::to_string(end - x);
        path += "M" + std::to_string(x + kQuietZone) + " " + std::to_string(y + kQuietZone) + "h" +
                length + "v1h-" + length + "z";
      }
      x = end + 1;
    }
  }
  return path;
}

}  // namespace

std::string qr_svg(std::string_view text) {
  const auto code = QrCode::encodeText(std::string(text).c_str(), QrCode::Ecc::MEDIUM);
  const std::string side = std::to_string(code.getSize() + 2 * kQuietZone);
  return R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 )" + side + " " + side +
         R"(" shape-rendering="crispEdges"><rect width=")" + side + R"(" height=")" + side +
         R"(" fill="#fff"/><path d=")" + path_of(code) + R"("/></svg>)";
}

}  // namespace postern::handlers

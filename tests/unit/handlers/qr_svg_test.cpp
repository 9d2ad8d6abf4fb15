#include "handlers/qr_svg.hpp"

#include <gtest/gtest.h>

#include <qrcodegen/qrcodegen.hpp>
#include <regex>
#include <set>
#include <stdexcept>

namespace postern::handlers {
namespace {

using Modules = std::set<std::pair<int, int>>;

/// The dark units of the path, as a drawing program would fill them.
Modules drawn(const std::string& svg) {
  Modules dark;
  const std::regex run("M(\\d+) (\\d+)h(\\d+)v1h-(\\d+)z");
  for (std::sregex_iterator it(svg.begin(), svg.end(), run), end; it != end; ++it) {
    EXPECT_EQ((*it)[3], (*it)[4]);
    for (int i = 0; i < std::stoi((*it)[3]); ++i) {
      dark.emplace(std::stoi((*it)[1]) + i, std::stoi((*it)[2]));
    }
  }
  return dark;
}

TEST(QrSvg, DrawsTheModulesOfTheCodeWithAQuietZoneOfFour) {
  const std::string text = "otpauth://totp/Postern:alice?secret=GEZDGNBV&issuer=Postern";
  const auto code = qrcodegen::QrCode::encodeText(text.c_str(), qrcodegen::QrCode::Ecc::MEDIUM);
  Modules wanted;
  for (int y = 0; y < code.getSize(); ++y) {
    for (int x = 0; x < code.getSize(); ++x) {
      if (code.getModule(x, y)) wanted.emplace(x + 4, y + 4);
    }
  }
  const std::string svg = qr_svg(text);
  EXPECT_EQ(drawn(svg), wanted);
  const std::string side = std::to_string(code.getSize() + 8);
  EXPECT_NE(svg.find("viewBox=\"0 0 " + side + " " + side + "\""), std::string::npos);
}

TEST(QrSvg, IsOneElementThatRefersToNothingOutside) {
  const std::string svg = qr_svg("<script>&\"'");
  EXPECT_TRUE(std::regex_match(
      svg, std::regex("<svg xmlns=\"http://www\\.w3\\.org/2000/svg\" viewBox=\"0 0 29 29\" "
                      "shape-rendering=\"crispEdges\"><rect width=\"29\" height=\"29\" "
                      "fill=\"#fff\"/><path d=\"(M\\d+ \\d+h\\d+v1h-\\d+z)+\"/></svg>")))
      << svg;
}

TEST(QrSvg, TakesWhatTheLongestNamesAmountTo) {
  const std::string longest = "otpauth://totp/" + std::string(64 * 3, '%') + ":" +
                              std::string(150 * 3, '%') + "?secret=" + std::string(32, 'A') +
                              "&issuer=" + std::string(64 * 3, '%');
  EXPECT_NO_THROW((void)qr_svg(longest));
  EXPECT_NO_THROW((void)qr_svg(std::string(2331, 'a')));
  EXPECT_THROW((void)qr_svg(std::string(2332, 'a')), std::length_error);
}

}  // namespace
}  // namespace postern::handlers

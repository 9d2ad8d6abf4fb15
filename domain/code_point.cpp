#include "domain/code_point.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace postern::domain {
namespace {

using Kind = CodePointKind;

struct Range {
  char32_t first, last;
  Kind kind;
};
/// All that is not simply visible, in order.
constexpr std::array<Range, 33> kRanges{{
    {0x0000, 0x001F, Kind::Control},  {0x0020, 0x0020, Kind::Blank},
    {0x007F, 0x009F, Kind::Control},  {0x00A0, 0x00A0, Kind::Blank},
    {0x00AD, 0x00AD, Kind::Hidden},  // soft hyphen
    {0x034F, 0x034F, Kind::Hidden},   {0x061C, 0x061C, Kind::Control},
    {0x115F, 0x1160, Kind::Hidden},  // fillers of Hangul
    {0x1680, 0x1680, Kind::Blank},    {0x17B4, 0x17B5, Kind::Hidden},
    {0x180B, 0x180F, Kind::Hidden},   {0x2000, 0x200A, Kind::Blank},
    {0x200B, 0x200B, Kind::Hidden},   {0x200C, 0x200D, Kind::Joiner},
    {0x200E, 0x200F, Kind::Control},  {0x2028, 0x202E, Kind::Control},
    {0x202F, 0x202F, Kind::Blank},    {0x205F, 0x205F, Kind::Blank},
    {0x2060, 0x2065, Kind::Hidden},   {0x2066, 0x2069, Kind::Control},
    {0x206A, 0x206F, Kind::Hidden},   {0x2800, 0x2800, Kind::Blank},  // Braille without a dot
    {0x3000, 0x3000, Kind::Blank},    {0x3164, 0x3164, Kind::Hidden},
    {0xFE00, 0xFE0F, Kind::Joiner},  // variation selectors
    {0xFEFF, 0xFEFF, Kind::Hidden},   {0xFFA0, 0xFFA0, Kind::Hidden},
    {0xFFF0, 0xFFF8, Kind::Hidden},   {0x1BCA0, 0x1BCA3, Kind::Hidden},
    {0x1D173, 0x1D17A, Kind::Hidden}, {0xE0000, 0xE00FF, Kind::Hidden},  // tags
    {0xE0100, 0xE01EF, Kind::Joiner},  // variation selectors of Chinese and Japanese names
    {0xE01F0, 0xE0FFF, Kind::Hidden},
}};

std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

/// Bytes of the well-formed sequence at the start of `text` (RFC 3629 section 4), or 0.
std::size_t sequence_length(std::string_view text) {
  const auto in = [&](std::size_t i, int low, int high) {
    return i < text.size() && byte_at(text, i) >= low && byte_at(text, i) <= high;
  };
  const auto tail = [&](std::size_t i) { return in(i, 0x80, 0xBF); };
  const std::uint8_t first = byte_at(text, 0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first == 0xE0) return in(1, 0xA0, 0xBF) && tail(2) ? 3 : 0;
  if (first == 0xED) return in(1, 0x80, 0x9F) && tail(2) ? 3 : 0;  // no surrogates
  if (first >= 0xE1 && first <= 0xEF) return tail(1) && tail(2) ? 3 : 0;
  if (first == 0xF0) return in(1, 0x90, 0xBF) && tail(2) && tail(3) ? 4 : 0;
  if (first >= 0xF1 && first <= 0xF3) return tail(1) && tail(2) && tail(3) ? 4 : 0;
  if (first == 0xF4) return in(1, 0x80, 0x8F) && tail(2) && tail(3) ? 4 : 0;
  return 0;
}

/// Of a well-formed sequence.
char32_t value_of(std::string_view sequence) {
  constexpr std::array<unsigned, 5> kLeadBits{0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t value = byte_at(sequence, 0) & kLeadBits.at(sequence.size());
  for (std::size_t i = 1; i < sequence.size(); ++i) {
    value = (value << 6U) | (byte_at(sequence, i) & 0x3FU);
  }
  return value;
}

Kind kind_of(char32_t value) {
  const auto after =
      std::upper_bound(kRanges.begin(), kRanges.end(), value,
                       [](char32_t wanted, const Range& range) { return wanted < range.first; });
  if (after == kRanges.begin()) return Kind::Visible;
  const Range& range = *(after - 1);
  return value <= range.last ? range.kind : Kind::Visible;
}

}  // namespace

CodePoint take_code_point(std::string_view& text) {
  const std::size_t length = sequence_length(text);
  const std::string_view bytes = text.substr(0, std::max<std::size_t>(length, 1));
  text.remove_prefix(bytes.size());
  return {bytes, length == 0 ? Kind::Malformed : kind_of(value_of(bytes))};
}

}  // namespace postern::domain

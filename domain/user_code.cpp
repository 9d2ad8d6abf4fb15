#include "domain/user_code.hpp"

#include <array>

namespace postern::domain {
namespace {

constexpr std::string_view kLetters = "BCDFGHJKLMNPQRSTVWXZ";
constexpr std::size_t kLength = 8;
constexpr std::size_t kHalf = kLength / 2;
constexpr std::size_t kLongestTyped = 64;

}  // namespace

std::string make_user_code(Random& random) {
  constexpr std::size_t kFair = 256 - 256 % kLetters.size();  // beyond it some letters come oftener
  std::string code;
  while (code.size() < kLength) {
    std::array<std::uint8_t, 1> byte{};
    random.fill(byte);
    if (byte.front() < kFair) code += kLetters[byte.front() % kLetters.size()];
  }
  return code;
}

std::string shown_user_code(std::string_view code) {
  return std::string(code.substr(0, kHalf)).append("-").append(code.substr(kHalf));
}

std::optional<std::string> read_user_code(std::string_view typed) {
  if (typed.size() > kLongestTyped) return {};
  std::string code;
  for (const char c : typed) {
    if (c == ' ' || c == '-') continue;
    const bool lower = c >= 'a' && c <= 'z';
    const char letter = lower ? static_cast<char>(c - 'a' + 'A') : c;
    if (kLetters.find(letter) == std::string_view::npos) return {};
    code += letter;
  }
  return code.size() == kLength ? std::optional(code) : std::nullopt;
}

}  // namespace postern::domain

#include "fcgi/plain_path.hpp"

#include <array>
#include <cstdint>

namespace postern::fcgi {
namespace {

constexpr std::size_t kMaxTarget = 8192;  // as parse_uri()

/// Where a byte may stand.
enum : std::uint8_t { kStartsSegment = 1, kInSegment = 2, kInQuery = 4 };

constexpr std::array<std::uint8_t, 256> kUses = [] {
  std::array<std::uint8_t, 256> uses{};
  for (std::size_t byte = 0x21; byte < 0x7F; ++byte) {
    uses[byte] = kStartsSegment | kInSegment | kInQuery;
  }
  uses['\\'] = uses['#'] = 0;
  uses['?'] = uses['%'] = uses[';'] = kInQuery;
  uses['/'] = uses['.'] = kInSegment | kInQuery;
  return uses;
}();

bool may_stand(char c, std::uint8_t use) {
  return (kUses[static_cast<unsigned char>(c)] & use) != 0;
}

}  // namespace

std::optional<std::string_view> plain_path(std::string_view target) {
  if (target.empty() || target.size() > kMaxTarget || target.front() != '/') return std::nullopt;
  std::size_t end = 1;
  while (end < target.size() &&
         may_stand(target[end], target[end - 1] == '/' ? kStartsSegment : kInSegment)) {
    ++end;
  }
  if (end < target.size() && target[end] != '?') return std::nullopt;
  for (std::size_t i = end; i < target.size(); ++i) {
    if (!may_stand(target[i], kInQuery)) return std::nullopt;
  }
  return target.substr(0, end);
}

}  // namespace postern::fcgi

#include <algorithm>

#include "fcgi/assemble.hpp"
#include "fcgi/inspector.hpp"
#include "fcgi/percent.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {
namespace {

constexpr fcgi::LimitSettings kLimits{.body = 100, .params = 400, .param = 100, .param_count = 10};

bool is_plain(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return fcgi::is_control(static_cast<unsigned char>(c)) && c != '\t';
  });
}

bool check(std::string_view bytes, fcgi::Door door) {
  fcgi::Inspector whole(door, kLimits);
  const auto& seen = whole.inspect(bytes);
  fcgi::Inspector cut(door, kLimits);
  const auto half = cut.inspect(bytes.substr(0, bytes.size() / 2)).verdict;
  promise(half != fcgi::Verdict::More || cut.inspect(bytes).verdict == seen.verdict,
          "it matters nothing how it arrives");
  promise(half == fcgi::Verdict::More || half == fcgi::Verdict::Whole ||
              seen.verdict != fcgi::Verdict::Whole,
          "what was refused is not made good by what follows");
  if (seen.verdict != fcgi::Verdict::Whole) return false;
  promise(seen.params.size() <= kLimits.param_count && seen.body_size <= kLimits.body,
          "it is within its limits");
  const auto request = fcgi::assemble(seen, door);
  for (const auto& [name, value] : request.headers) {
    promise(is_plain(name) && is_plain(value), "no header breaks its line");
  }
  return fcgi::objection(seen, request) == 0;
}

}  // namespace

/// Bytes on either socket, as the wall looks at them before libfcgi does (CVE-2025-23016).
bool fastcgi(std::string_view input) {
  check(input, fcgi::Door::Gate);
  return check(input, fcgi::Door::Api);
}

}  // namespace postern::fuzz

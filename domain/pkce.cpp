#include "domain/pkce.hpp"

#include <algorithm>

#include "domain/ascii.hpp"
#include "domain/bytes.hpp"
#include "domain/sha256.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kShortest = 43;
constexpr std::size_t kLongest = 128;

}  // namespace

std::optional<std::string> challenge_of(std::string_view verifier) {
  if (verifier.size() < kShortest || verifier.size() > kLongest) return {};
  if (!std::all_of(verifier.begin(), verifier.end(), is_unreserved)) return {};
  return base64url_encode(sha256(as_bytes(verifier)));
}

}  // namespace postern::domain

#include "domain/pkce.hpp"

#include <sodium.h>

#include <algorithm>

#include "domain/ascii.hpp"
#include "domain/bytes.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kShortest = 43;
constexpr std::size_t kLongest = 128;

}  // namespace

std::optional<std::string> challenge_of(std::string_view verifier) {
  if (verifier.size() < kShortest || verifier.size() > kLongest) return {};
  if (!std::all_of(verifier.begin(), verifier.end(), is_unreserved)) return {};
  Digest digest{};
  crypto_hash_sha256(digest.data(), as_bytes(verifier).data(), verifier.size());
  return base64url_encode(digest);
}

}  // namespace postern::domain

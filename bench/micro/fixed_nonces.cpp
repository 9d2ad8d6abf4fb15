// OpenSSL 3 calls its own way of exchanging the generator deprecated, and offers none that needs no
// provider.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "bench/micro/fixed_nonces.hpp"

#include <openssl/rand.h>

#include <span>
#include <stdexcept>

#include "bench/micro/world.hpp"

namespace postern::bench {
namespace {

int fill(unsigned char* out, int size) {
  static FixedRandom random;
  random.fill(std::span(out, static_cast<std::size_t>(size)));
  return 1;
}

int status() {
  return 1;
}

constexpr RAND_METHOD kFixed{nullptr, fill, nullptr, nullptr, fill, status};

}  // namespace

void fix_openssl_random() {
  if (RAND_set_rand_method(&kFixed) != 1) throw std::runtime_error("OpenSSL keeps its generator");
}

}  // namespace postern::bench

#include "domain/sha256.hpp"

#include "domain/openssl_key.hpp"

namespace postern::domain {

Digest sha256(ByteView data) {
  // Looked up once; OpenSSL's uses the processor's own instructions, which libsodium's does not.
  static const EVP_MD* const algorithm =
      openssl_must(EVP_MD_fetch(nullptr, "SHA256", nullptr), "SHA-256");
  Digest digest{};
  openssl_must_be_one(
      EVP_Digest(data.data(), data.size(), digest.data(), nullptr, algorithm, nullptr), "hash");
  return digest;
}

}  // namespace postern::domain

#include "domain/openssl_key.hpp"

#include <openssl/x509.h>

namespace postern::domain {
namespace {

using Pkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO, OpenSslFree<PKCS8_PRIV_KEY_INFO_free>>;

}  // namespace

BigNumber number_of(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  openssl_must_be_one(EVP_PKEY_get_bn_param(key, name, &number), name);
  return BigNumber(number);
}

Bytes pkcs8_of(const EVP_PKEY* key) {
  const Pkcs8 pkcs8(openssl_must(EVP_PKEY2PKCS8(key), "export"));
  const int length = openssl_must(i2d_PKCS8_PRIV_KEY_INFO(pkcs8.get(), nullptr), "export");
  Bytes der(static_cast<std::size_t>(length));
  unsigned char* end = der.data();
  openssl_must(i2d_PKCS8_PRIV_KEY_INFO(pkcs8.get(), &end) == length, "export");
  return der;
}

Sha256 sha256_of(std::string_view message) {
  // Looked up once; OpenSSL's uses the processor's own instructions, which libsodium's does not.
  static const EVP_MD* const algorithm =
      openssl_must(EVP_MD_fetch(nullptr, "SHA256", nullptr), "SHA-256");
  Sha256 hash{};
  openssl_must_be_one(
      EVP_Digest(message.data(), message.size(), hash.data(), nullptr, algorithm, nullptr), "hash");
  return hash;
}

}  // namespace postern::domain

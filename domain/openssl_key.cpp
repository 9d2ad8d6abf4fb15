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
  Sha256 hash{};
  crypto_hash_sha256(hash.data(), as_bytes(message).data(), message.size());
  return hash;
}

}  // namespace postern::domain

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

PKey private_key_of(int type, ByteView der) {
  const unsigned char* data = der.data();
  return PKey(
      openssl_must(d2i_PrivateKey(type, nullptr, &data, static_cast<long>(der.size())), "key"));
}

Bytes pkcs8_of(const EVP_PKEY* key) {
  const Pkcs8 pkcs8(openssl_must(EVP_PKEY2PKCS8(key), "export"));
  const int length = openssl_must(i2d_PKCS8_PRIV_KEY_INFO(pkcs8.get(), nullptr), "export");
  Bytes der(static_cast<std::size_t>(length));
  unsigned char* end = der.data();
  openssl_must(i2d_PKCS8_PRIV_KEY_INFO(pkcs8.get(), &end) == length, "export");
  return der;
}

SigningContexts::SigningContexts(PKey pkey) : key(std::move(pkey)) {
  signer.reset(openssl_must(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr), "context"));
  verifier.reset(openssl_must(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr), "context"));
  openssl_must_be_one(EVP_PKEY_sign_init(signer.get()), "sign_init");
  openssl_must_be_one(EVP_PKEY_verify_init(verifier.get()), "verify_init");
}

}  // namespace postern::domain

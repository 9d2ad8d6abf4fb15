#pragma once

#include <openssl/bn.h>
#include <openssl/evp.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "domain/bytes.hpp"

namespace postern::domain {

/// What the files that sign with OpenSSL share: owners of its objects, and failures that are no
/// fault of the input as std::runtime_error. Not for others.

template <auto free_function>
struct OpenSslFree {
  template <class T>
  void operator()(T* pointer) const {
    free_function(pointer);
  }
};
using PKey = std::unique_ptr<EVP_PKEY, OpenSslFree<EVP_PKEY_free>>;
using PKeyContext = std::unique_ptr<EVP_PKEY_CTX, OpenSslFree<EVP_PKEY_CTX_free>>;
using BigNumber = std::unique_ptr<BIGNUM, OpenSslFree<BN_free>>;

template <class T>
T openssl_must(T value, const char* what) {
  if (!value) throw std::runtime_error(std::string("OpenSSL: ") + what);
  return value;
}

/// Most of its functions say 1 for success and 0, -1 or -2 for kinds of failure.
inline void openssl_must_be_one(int result, const char* what) {
  openssl_must(result == 1, what);
}

/// One of the numbers that a key consists of.
[[nodiscard]] BigNumber number_of(const EVP_PKEY* key, const char* name);
/// PKCS#8 DER: the private half.
[[nodiscard]] Bytes pkcs8_of(const EVP_PKEY* key);

/// A key of this type (EVP_PKEY_…) by its DER.
[[nodiscard]] PKey private_key_of(int type, ByteView der);

/// A key and its contexts, which are kept, since setting one up costs about as much as a signature.
struct SigningContexts {
  explicit SigningContexts(PKey pkey);
  PKey key;
  PKeyContext signer, verifier;
};

}  // namespace postern::domain

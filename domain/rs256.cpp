#include "domain/rs256.hpp"

#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "domain/openssl_key.hpp"
#include "domain/sha256.hpp"

namespace postern::domain {
namespace {

constexpr int kBits = 2048;

Bytes bytes_of(const EVP_PKEY* key, const char* name) {
  const BigNumber number = number_of(key, name);
  Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number.get())));
  BN_bn2bin(number.get(), bytes.data());
  return bytes;
}

void set_scheme(EVP_PKEY_CTX* context) {
  openssl_must_be_one(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING), "padding");
  openssl_must_be_one(EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()), "digest");
}

}  // namespace

struct Rs256Key::Impl : SigningContexts {
  explicit Impl(PKey pkey) : SigningContexts(std::move(pkey)) {
    set_scheme(signer.get());
    set_scheme(verifier.get());
  }
};

Rs256Key::Rs256Key(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Rs256Key::Rs256Key(Rs256Key&&) noexcept = default;
Rs256Key& Rs256Key::operator=(Rs256Key&&) noexcept = default;
Rs256Key::~Rs256Key() = default;

Rs256Key Rs256Key::generate() {
  PKey key(openssl_must(EVP_RSA_gen(kBits), "key generation"));
  return Rs256Key(std::make_unique<Impl>(std::move(key)));
}

Rs256Key Rs256Key::from_der(ByteView der) {
  PKey key = private_key_of(EVP_PKEY_RSA, der);
  openssl_must(EVP_PKEY_is_a(key.get(), "RSA") == 1 && EVP_PKEY_get_bits(key.get()) == kBits,
               "not an RSA key of 2048 bits");
  return Rs256Key(std::make_unique<Impl>(std::move(key)));
}

Bytes Rs256Key::private_der() const {
  return pkcs8_of(impl_->key.get());
}

Bytes Rs256Key::n() const {
  return bytes_of(impl_->key.get(), OSSL_PKEY_PARAM_RSA_N);
}

Bytes Rs256Key::e() const {
  return bytes_of(impl_->key.get(), OSSL_PKEY_PARAM_RSA_E);
}

Rs256Key::Signature Rs256Key::sign(std::string_view message) const {
  const Digest hash = sha256(as_bytes(message));
  Signature signature{};
  std::size_t length = signature.size();
  openssl_must_be_one(
      EVP_PKEY_sign(impl_->signer.get(), signature.data(), &length, hash.data(), hash.size()),
      "sign");
  openssl_must(length == signature.size(), "sign");
  return signature;
}

bool Rs256Key::verify(std::string_view message, ByteView signature) const {
  if (signature.size() != Signature{}.size()) return false;
  const Digest hash = sha256(as_bytes(message));
  return EVP_PKEY_verify(impl_->verifier.get(), signature.data(), signature.size(), hash.data(),
                         hash.size()) == 1;
}

}  // namespace postern::domain

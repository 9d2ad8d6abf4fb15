#include "domain/es256.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/x509.h>

#include "domain/openssl_key.hpp"
#include "domain/sha256.hpp"

namespace postern::domain {
namespace {

using EcdsaSignature = std::unique_ptr<ECDSA_SIG, OpenSslFree<ECDSA_SIG_free>>;

constexpr int kHalf = 32;
/// DER of two 33-byte integers in a sequence is 72 bytes; there is some room.
constexpr std::size_t kLongestDer = 80;
/// The order n of P-256 (SEC 2 section 2.4.2).
constexpr const char* kOrder = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";

const BIGNUM* order() {
  static const BigNumber value = [] {
    BIGNUM* number = nullptr;
    openssl_must(BN_hex2bn(&number, kOrder), "order");
    return BigNumber(number);
  }();
  return value.get();
}

const BIGNUM* half_order() {
  static const BigNumber value = [] {
    BigNumber half(openssl_must(BN_new(), "half order"));
    openssl_must_be_one(BN_rshift1(half.get(), order()), "half order");
    return half;
  }();
  return value.get();
}

Es256Key::Signature raw_from_der(const unsigned char* der, std::size_t length) {
  const EcdsaSignature parsed(
      openssl_must(d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(length)), "signature"));
  const BIGNUM* s = ECDSA_SIG_get0_s(parsed.get());
  BigNumber lower(openssl_must(BN_dup(s), "signature"));
  if (BN_cmp(s, half_order()) > 0)
    openssl_must_be_one(BN_sub(lower.get(), order(), s), "signature");
  Es256Key::Signature raw{};
  openssl_must(BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), raw.data(), kHalf) == kHalf,
               "signature");
  openssl_must(BN_bn2binpad(lower.get(), raw.data() + kHalf, kHalf) == kHalf, "signature");
  return raw;
}

/// Empty for the other spelling of a signature: one whose s is in the upper half.
Bytes der_from_raw(ByteView raw) {
  BigNumber r(openssl_must(BN_bin2bn(raw.data(), kHalf, nullptr), "signature"));
  BigNumber s(openssl_must(BN_bin2bn(raw.data() + kHalf, kHalf, nullptr), "signature"));
  if (BN_cmp(s.get(), half_order()) > 0) return {};
  const EcdsaSignature built(openssl_must(ECDSA_SIG_new(), "signature"));
  openssl_must_be_one(ECDSA_SIG_set0(built.get(), r.get(), s.get()), "signature");
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  Bytes der(kLongestDer);
  unsigned char* end = der.data();
  const int length = openssl_must(i2d_ECDSA_SIG(built.get(), &end), "signature");
  der.resize(static_cast<std::size_t>(length));
  return der;
}

std::array<std::uint8_t, 32> coordinate(const EVP_PKEY* key, const char* name) {
  const BigNumber number = number_of(key, name);
  std::array<std::uint8_t, 32> out{};
  openssl_must(BN_bn2binpad(number.get(), out.data(), kHalf) == kHalf, name);
  return out;
}

bool is_p256(const EVP_PKEY* key) {
  std::array<char, 64> group{};
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(),
                                        nullptr) == 1 &&
         std::string_view(group.data()) == "prime256v1";
}

}  // namespace

struct Es256Key::Impl : SigningContexts {
  using SigningContexts::SigningContexts;
};

Es256Key::Es256Key(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Es256Key::Es256Key(Es256Key&&) noexcept = default;
Es256Key& Es256Key::operator=(Es256Key&&) noexcept = default;
Es256Key::~Es256Key() = default;

Es256Key Es256Key::generate() {
  PKey key(openssl_must(EVP_EC_gen("P-256"), "key generation"));
  return Es256Key(std::make_unique<Impl>(std::move(key)));
}

Es256Key Es256Key::from_der(ByteView der) {
  PKey key = private_key_of(EVP_PKEY_EC, der);
  openssl_must(is_p256(key.get()), "not a P-256 key");
  return Es256Key(std::make_unique<Impl>(std::move(key)));
}

Bytes Es256Key::private_der() const {
  return pkcs8_of(impl_->key.get());
}

std::array<std::uint8_t, 32> Es256Key::x() const {
  return coordinate(impl_->key.get(), OSSL_PKEY_PARAM_EC_PUB_X);
}

std::array<std::uint8_t, 32> Es256Key::y() const {
  return coordinate(impl_->key.get(), OSSL_PKEY_PARAM_EC_PUB_Y);
}

Es256Key::Signature Es256Key::sign(std::string_view message) const {
  const Digest hash = sha256(as_bytes(message));
  std::array<unsigned char, kLongestDer> der{};
  std::size_t length = der.size();
  openssl_must_be_one(
      EVP_PKEY_sign(impl_->signer.get(), der.data(), &length, hash.data(), hash.size()), "sign");
  return raw_from_der(der.data(), length);
}

bool Es256Key::verify(std::string_view message, ByteView signature) const {
  if (signature.size() != Signature{}.size()) return false;
  const Bytes der = der_from_raw(signature);
  if (der.empty()) return false;
  const Digest hash = sha256(as_bytes(message));
  return EVP_PKEY_verify(impl_->verifier.get(), der.data(), der.size(), hash.data(), hash.size()) ==
         1;
}

}  // namespace postern::domain

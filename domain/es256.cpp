#include "domain/es256.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sodium.h>

#include <stdexcept>

namespace postern::domain {
namespace {

template <auto free_function>
struct Freer {
  template <class T>
  void operator()(T* pointer) const {
    free_function(pointer);
  }
};
using PKey = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using PKeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using BigNumber = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>>;
using Pkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Freer<PKCS8_PRIV_KEY_INFO_free>>;

constexpr int kHalf = 32;
/// DER of two 33-byte integers in a sequence is 72 bytes; there is some room.
constexpr std::size_t kLongestDer = 80;
/// The order n of P-256 (SEC 2 section 2.4.2).
constexpr const char* kOrder = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";

template <class T>
T must(T value, const char* what) {
  if (!value) throw std::runtime_error(std::string("OpenSSL: ") + what);
  return value;
}

void must_be_one(int result, const char* what) {
  must(result == 1, what);
}

const BIGNUM* order() {
  static const BigNumber value = [] {
    BIGNUM* number = nullptr;
    must(BN_hex2bn(&number, kOrder), "order");
    return BigNumber(number);
  }();
  return value.get();
}

const BIGNUM* half_order() {
  static const BigNumber value = [] {
    BigNumber half(must(BN_new(), "half order"));
    must_be_one(BN_rshift1(half.get(), order()), "half order");
    return half;
  }();
  return value.get();
}

using Hash = std::array<std::uint8_t, crypto_hash_sha256_BYTES>;

Hash sha256(std::string_view message) {
  Hash hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(message.data()),
                     message.size());
  return hash;
}

Es256Key::Signature raw_from_der(const unsigned char* der, std::size_t length) {
  const EcdsaSignature parsed(
      must(d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(length)), "signature"));
  const BIGNUM* s = ECDSA_SIG_get0_s(parsed.get());
  BigNumber lower(must(BN_dup(s), "signature"));
  if (BN_cmp(s, half_order()) > 0) must_be_one(BN_sub(lower.get(), order(), s), "signature");
  Es256Key::Signature raw{};
  must(BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), raw.data(), kHalf) == kHalf, "signature");
  must(BN_bn2binpad(lower.get(), raw.data() + kHalf, kHalf) == kHalf, "signature");
  return raw;
}

/// Empty for the other spelling of a signature: one whose s is in the upper half.
Bytes der_from_raw(ByteView raw) {
  BigNumber r(must(BN_bin2bn(raw.data(), kHalf, nullptr), "signature"));
  BigNumber s(must(BN_bin2bn(raw.data() + kHalf, kHalf, nullptr), "signature"));
  if (BN_cmp(s.get(), half_order()) > 0) return {};
  const EcdsaSignature built(must(ECDSA_SIG_new(), "signature"));
  must_be_one(ECDSA_SIG_set0(built.get(), r.get(), s.get()), "signature");
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  Bytes der(kLongestDer);
  unsigned char* end = der.data();
  const int length = must(i2d_ECDSA_SIG(built.get(), &end), "signature");
  der.resize(static_cast<std::size_t>(length));
  return der;
}

std::array<std::uint8_t, 32> coordinate(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  must_be_one(EVP_PKEY_get_bn_param(key, name, &number), name);
  const BigNumber owned(number);
  std::array<std::uint8_t, 32> out{};
  must(BN_bn2binpad(number, out.data(), kHalf) == kHalf, name);
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

/// The contexts are kept, since setting one up costs about as much as a signature.
struct Es256Key::Impl {
  explicit Impl(PKey pkey) : key(std::move(pkey)) {
    signer.reset(must(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr), "context"));
    verifier.reset(must(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr), "context"));
    must_be_one(EVP_PKEY_sign_init(signer.get()), "sign_init");
    must_be_one(EVP_PKEY_verify_init(verifier.get()), "verify_init");
  }

  PKey key;
  PKeyContext signer, verifier;
};

Es256Key::Es256Key(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Es256Key::Es256Key(Es256Key&&) noexcept = default;
Es256Key& Es256Key::operator=(Es256Key&&) noexcept = default;
Es256Key::~Es256Key() = default;

Es256Key Es256Key::generate() {
  PKey key(must(EVP_EC_gen("P-256"), "key generation"));
  return Es256Key(std::make_unique<Impl>(std::move(key)));
}

Es256Key Es256Key::from_der(ByteView der) {
  const unsigned char* data = der.data();
  PKey key(must(d2i_PrivateKey(EVP_PKEY_EC, nullptr, &data, static_cast<long>(der.size())), "key"));
  must(is_p256(key.get()), "not a P-256 key");
  return Es256Key(std::make_unique<Impl>(std::move(key)));
}

Bytes Es256Key::private_der() const {
  const Pkcs8 pkcs8(must(EVP_PKEY2PKCS8(impl_->key.get()), "export"));
  const int length = must(i2d_PKCS8_PRIV_KEY_INFO(pkcs8.get(), nullptr), "export");
  Bytes der(static_cast<std::size_t>(length));
  unsigned char* end = der.data();
  must(i2d_PKCS8_PRIV_KEY_INFO(pkcs8.get(), &end) == length, "export");
  return der;
}

std::array<std::uint8_t, 32> Es256Key::x() const {
  return coordinate(impl_->key.get(), OSSL_PKEY_PARAM_EC_PUB_X);
}

std::array<std::uint8_t, 32> Es256Key::y() const {
  return coordinate(impl_->key.get(), OSSL_PKEY_PARAM_EC_PUB_Y);
}

Es256Key::Signature Es256Key::sign(std::string_view message) const {
  const Hash hash = sha256(message);
  std::array<unsigned char, kLongestDer> der{};
  std::size_t length = der.size();
  must_be_one(EVP_PKEY_sign(impl_->signer.get(), der.data(), &length, hash.data(), hash.size()),
              "sign");
  return raw_from_der(der.data(), length);
}

bool Es256Key::verify(std::string_view message, ByteView signature) const {
  if (signature.size() != Signature{}.size()) return false;
  const Bytes der = der_from_raw(signature);
  if (der.empty()) return false;
  const Hash hash = sha256(message);
  return EVP_PKEY_verify(impl_->verifier.get(), der.data(), der.size(), hash.data(), hash.size()) ==
         1;
}

}  // namespace postern::domain

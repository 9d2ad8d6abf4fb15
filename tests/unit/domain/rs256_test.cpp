#include "domain/rs256.hpp"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
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
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using BigNumber = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freer<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freer<OSSL_PARAM_free>>;

Bytes der_of(const PKey& key) {
  unsigned char* der = nullptr;
  const int length = i2d_PrivateKey(key.get(), &der);
  Bytes bytes(der, der + length);
  OPENSSL_free(der);
  return bytes;
}

BigNumber number(const Bytes& bytes) {
  return BigNumber(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

/// From what a JWK says alone, as a client has it.
PKey public_key(const Bytes& n, const Bytes& e) {
  const auto modulus = number(n);
  const auto exponent = number(e);
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const PKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  EXPECT_EQ(EVP_PKEY_fromdata_init(context.get()), 1);
  EXPECT_EQ(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()), 1);
  return PKey(key);
}

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// Making one takes a while.
const Rs256Key& a_key() {
  static const Rs256Key key = Rs256Key::generate();
  return key;
}

TEST(Rs256, VerifiesWhatItSigned) {
  const auto signature = a_key().sign("message");
  EXPECT_TRUE(a_key().verify("message", signature));
  EXPECT_FALSE(a_key().verify("messagf", signature));
  EXPECT_FALSE(a_key().verify("", signature));
  EXPECT_EQ(a_key().sign("message"), signature) << "the padding is no lottery";
}

TEST(Rs256, AnotherKeyRefuses) {
  EXPECT_FALSE(Rs256Key::generate().verify("message", a_key().sign("message")));
}

TEST(Rs256, IsOf2048BitsWithTheUsualExponent) {
  EXPECT_EQ(a_key().n().size(), 256U);
  EXPECT_GE(a_key().n().front(), 0x80U);
  EXPECT_EQ(a_key().e(), (Bytes{0x01, 0x00, 0x01}));
}

TEST(Rs256, ComesBackFromItsDer) {
  const auto copy = Rs256Key::from_der(a_key().private_der());
  EXPECT_EQ(copy.n(), a_key().n());
  EXPECT_EQ(copy.e(), a_key().e());
  EXPECT_TRUE(a_key().verify("message", copy.sign("message")));
}

TEST(Rs256, OtherSizesOtherKindsAndOtherBytesAreRefused) {
  EXPECT_THROW(Rs256Key::from_der(der_of(PKey(EVP_RSA_gen(1024)))), std::runtime_error);
  EXPECT_THROW(Rs256Key::from_der(der_of(PKey(EVP_EC_gen("P-256")))), std::runtime_error);
  EXPECT_THROW(Rs256Key::from_der(Bytes{}), std::runtime_error);
  EXPECT_THROW(Rs256Key::from_der(Bytes(64, 0x30)), std::runtime_error);
}

TEST(Rs256, EveryOtherByteAndEveryOtherLengthIsRefused) {
  const auto good = a_key().sign("message");
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto changed = good;
    changed[i] = static_cast<std::uint8_t>(changed[i] ^ 1U);
    EXPECT_FALSE(a_key().verify("message", changed)) << i;
  }
  Bytes longer(good.begin(), good.end());
  longer.push_back(0);
  EXPECT_FALSE(a_key().verify("message", longer));
  longer.insert(longer.begin(), 0);
  longer.pop_back();
  EXPECT_FALSE(a_key().verify("message", longer)) << "a leading zero is another spelling";
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(a_key().verify("message", ByteView(good).first(length))) << length;
  }
}

TEST(Rs256, NumbersThatAreNoSignatureAreRefused) {
  EXPECT_FALSE(a_key().verify("message", Bytes(256, 0)));
  Bytes one(256, 0);
  one.back() = 1;
  EXPECT_FALSE(a_key().verify("message", one));
  EXPECT_FALSE(a_key().verify("message", a_key().n()));
  // s + n is the same to the mathematics, where it fits at all.
  EXPECT_FALSE(a_key().verify("message", Bytes(256, 0xff)));
}

TEST(Rs256, OtherPaddingsAreRefused) {
  const auto der = a_key().private_der();
  const unsigned char* data = der.data();
  const PKey key(d2i_PrivateKey(EVP_PKEY_RSA, nullptr, &data, static_cast<long>(der.size())));
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* scheme = nullptr;
  ASSERT_EQ(EVP_DigestSignInit(context.get(), &scheme, EVP_sha256(), nullptr, key.get()), 1);
  ASSERT_EQ(EVP_PKEY_CTX_set_rsa_padding(scheme, RSA_PKCS1_PSS_PADDING), 1);
  const std::string message = "message";
  Bytes signature(256);
  std::size_t length = signature.size();
  ASSERT_EQ(
      EVP_DigestSign(context.get(), signature.data(), &length, bytes_of(message), message.size()),
      1);
  EXPECT_FALSE(a_key().verify(message, signature)) << "PS256 is another algorithm";
}

TEST(Rs256, OpenSslAloneAgreesWithUs) {
  const std::string message = "message";
  const auto signature = a_key().sign(message);
  const PKey key = public_key(a_key().n(), a_key().e());
  const DigestContext context(EVP_MD_CTX_new());
  ASSERT_EQ(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()), 1);
  EXPECT_EQ(EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes_of(message),
                             message.size()),
            1);
}

}  // namespace
}  // namespace postern::domain

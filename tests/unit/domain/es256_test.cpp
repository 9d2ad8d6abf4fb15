#include "domain/es256.hpp"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <stdexcept>

namespace postern::domain {
namespace {

constexpr const char* kOrder = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

/// (r, s) as (r, n - s): as good to the mathematics.
Es256Key::Signature mirrored(Es256Key::Signature signature) {
  const auto order = *hex_decode(kOrder);
  int borrow = 0;
  for (std::size_t i = 32; i-- > 0;) {
    const int difference = order[i] - signature[32 + i] - borrow;
    borrow = difference < 0 ? 1 : 0;
    signature[32 + i] = static_cast<std::uint8_t>(difference + 256 * borrow);
  }
  return signature;
}

TEST(Es256, VerifiesWhatItSigned) {
  const auto key = Es256Key::generate();
  for (int i = 0; i < 200; ++i) {
    const auto message = "message " + std::to_string(i);
    const auto signature = key.sign(message);
    EXPECT_TRUE(key.verify(message, signature));
    EXPECT_FALSE(key.verify(message + "x", signature));
  }
}

TEST(Es256, AnotherKeyRefuses) {
  const auto signature = Es256Key::generate().sign("message");
  EXPECT_FALSE(Es256Key::generate().verify("message", signature));
}

TEST(Es256, ComesBackFromItsDer) {
  const auto key = Es256Key::generate();
  const auto copy = Es256Key::from_der(key.private_der());
  EXPECT_EQ(copy.x(), key.x());
  EXPECT_EQ(copy.y(), key.y());
  EXPECT_TRUE(key.verify("message", copy.sign("message")));
}

TEST(Es256, OtherCurvesAndOtherBytesAreRefused) {
  EVP_PKEY* other = EVP_EC_gen("P-384");
  unsigned char* der = nullptr;
  const int length = i2d_PrivateKey(other, &der);
  ASSERT_GT(length, 0);
  EXPECT_THROW(Es256Key::from_der(ByteView(der, static_cast<std::size_t>(length))),
               std::runtime_error);
  OPENSSL_free(der);
  EVP_PKEY_free(other);
  EXPECT_THROW(Es256Key::from_der(Bytes{}), std::runtime_error);
  EXPECT_THROW(Es256Key::from_der(Bytes(64, 0x30)), std::runtime_error);
}

TEST(Es256, CVE202627840EachSignatureHasOneSpelling) {
  const auto key = Es256Key::generate();
  for (int i = 0; i < 100; ++i) {
    const auto message = std::to_string(i);
    const auto signature = key.sign(message);
    EXPECT_FALSE(key.verify(message, mirrored(signature)));
    EXPECT_EQ(mirrored(mirrored(signature)), signature);
  }
}

TEST(Es256, EveryBitFlipAndEveryOtherLengthIsRefused) {
  const auto key = Es256Key::generate();
  const auto good = key.sign("message");
  for (std::size_t i = 0; i < good.size() * 8; ++i) {
    auto changed = good;
    changed[i / 8] = static_cast<std::uint8_t>(changed[i / 8] ^ (1U << (i % 8)));
    EXPECT_FALSE(key.verify("message", changed)) << i;
  }
  Bytes longer(good.begin(), good.end());
  longer.push_back(0);
  EXPECT_FALSE(key.verify("message", longer));
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(key.verify("message", ByteView(good).first(length))) << length;
  }
}

TEST(Es256, PsychicSignaturesAreRefused) {
  // CVE-2022-21449: r and s of zero, or of the order, must not verify.
  const auto key = Es256Key::generate();
  const auto order = *hex_decode(kOrder);
  Bytes zero(64, 0);
  EXPECT_FALSE(key.verify("message", zero));
  const auto good = key.sign("message");
  Bytes no_r(good.begin(), good.end());
  std::fill_n(no_r.begin(), 32, 0);
  EXPECT_FALSE(key.verify("message", no_r));
  Bytes no_s(good.begin(), good.end());
  std::fill_n(no_s.begin() + 32, 32, 0);
  EXPECT_FALSE(key.verify("message", no_s));
  Bytes r_is_order(good.begin(), good.end());
  std::copy(order.begin(), order.end(), r_is_order.begin());
  EXPECT_FALSE(key.verify("message", r_is_order));
}

TEST(Es256, OpenSslAloneAgreesWithUs) {
  // The other way round the whole wrapper: public key and DER signature put together by hand.
  const auto key = Es256Key::generate();
  const auto signature = key.sign("message");
  Bytes point{0x04};
  const auto x = key.x();
  const auto y = key.y();
  point.insert(point.end(), x.begin(), x.end());
  point.insert(point.end(), y.begin(), y.end());
  Bytes spki = *hex_decode("3059301306072a8648ce3d020106082a8648ce3d030107034200");
  spki.insert(spki.end(), point.begin(), point.end());
  const unsigned char* data = spki.data();
  EVP_PKEY* pkey = d2i_PUBKEY(nullptr, &data, static_cast<long>(spki.size()));
  ASSERT_NE(pkey, nullptr);

  const auto integer = [](ByteView bytes) {
    Bytes trimmed(std::find_if(bytes.begin(), bytes.end(), [](auto b) { return b != 0; }),
                  bytes.end());
    if ((trimmed.front() & 0x80U) != 0) trimmed.insert(trimmed.begin(), 0);
    trimmed.insert(trimmed.begin(), {0x02, static_cast<std::uint8_t>(trimmed.size())});
    return trimmed;
  };
  Bytes der = integer(ByteView(signature).first(32));
  const Bytes s = integer(ByteView(signature).subspan(32));
  der.insert(der.end(), s.begin(), s.end());
  der.insert(der.begin(), {0x30, static_cast<std::uint8_t>(der.size())});

  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ASSERT_EQ(EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, pkey), 1);
  EXPECT_EQ(EVP_DigestVerify(context, der.data(), der.size(),
                             reinterpret_cast<const unsigned char*>("message"), 7),
            1);
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(pkey);
}

}  // namespace
}  // namespace postern::domain

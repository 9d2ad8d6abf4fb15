#include "handlers/sso/verification_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "handlers/sso/json_member.hpp"

namespace postern::handlers::sso {
namespace {

using domain::Bytes;
using domain::ByteView;

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using PKey = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using PKeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using ParamBuild = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<OSSL_PARAM_BLD_free>>;
using ParamList = std::unique_ptr<OSSL_PARAM, FreeWith<OSSL_PARAM_free>>;
using BigNumber = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, FreeWith<ECDSA_SIG_free>>;

constexpr std::size_t kLongestKid = 255;
constexpr std::size_t kLongestModulus = 8192 / 8;
constexpr int kShortestModulusBits = 2048;
constexpr std::size_t kLongestExponent = 4;
constexpr std::size_t kCoordinate = 32;
constexpr int kHalf = 32;

std::optional<Bytes> bytes_member(const Json::Value& jwk, std::string_view name) {
  const auto text = text_member(jwk, name);
  return text ? domain::base64url_decode(*text) : std::nullopt;
}

PKey key_from(const char* type, OSSL_PARAM_BLD* build) {
  const ParamList params(OSSL_PARAM_BLD_to_param(build));
  const PKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return PKey(key);
}

PKey rsa_key(const Json::Value& jwk) {
  const auto n = bytes_member(jwk, "n");
  const auto e = bytes_member(jwk, "e");
  if (!n || !e || n->size() > kLongestModulus || e->empty() || e->size() > kLongestExponent) {
    return nullptr;
  }
  const BigNumber modulus(BN_bin2bn(n->data(), static_cast<int>(n->size()), nullptr));
  const BigNumber exponent(BN_bin2bn(e->data(), static_cast<int>(e->size()), nullptr));
  const ParamBuild build(OSSL_PARAM_BLD_new());
  if (!modulus || !exponent || !build || BN_num_bits(modulus.get()) < kShortestModulusBits ||
      BN_is_odd(exponent.get()) != 1 || BN_is_one(exponent.get()) == 1 ||
      OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1) {
    return nullptr;
  }
  return key_from("RSA", build.get());
}

/// All 32 bytes (RFC 7518 section 6.2.1.2), or those without leading zeros: one key in 128 of
/// authlib's, and of others who write it as a number, comes so.
std::optional<Bytes> coordinate(const Json::Value& jwk, std::string_view name) {
  auto bytes = bytes_member(jwk, name);
  if (!bytes || bytes->empty() || bytes->size() > kCoordinate) return std::nullopt;
  if (bytes->size() == kCoordinate) return bytes;
  if (bytes->front() == 0) return std::nullopt;
  bytes->insert(bytes->begin(), kCoordinate - bytes->size(), 0);
  return bytes;
}

/// OpenSSL refuses a point that is not on the curve.
PKey p256_key(const Json::Value& jwk) {
  const auto x = coordinate(jwk, "x");
  const auto y = coordinate(jwk, "y");
  if (text_member(jwk, "crv") != "P-256" || !x || !y) return nullptr;
  Bytes point{0x04};  // uncompressed (SEC 1 section 2.3.3)
  point.insert(point.end(), x->begin(), x->end());
  point.insert(point.end(), y->begin(), y->end());
  const ParamBuild build(OSSL_PARAM_BLD_new());
  if (!build ||
      OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return nullptr;
  }
  return key_from("EC", build.get());
}

/// False for a key that says it is for something else.
bool is_for_verifying(const Json::Value& jwk) {
  if (jwk.isMember("use") && text_member(jwk, "use") != "sig") return false;
  if (!jwk.isMember("key_ops")) return true;
  const auto operations = texts_member(jwk, "key_ops");
  return operations &&
         std::find(operations->begin(), operations->end(), "verify") != operations->end();
}

/// JWS has r and s side by side; OpenSSL wants them in DER.
Bytes der_from_raw(ByteView raw) {
  if (raw.size() != std::size_t{2} * kHalf) return {};
  BigNumber r(BN_bin2bn(raw.data(), kHalf, nullptr));
  BigNumber s(BN_bin2bn(raw.data() + kHalf, kHalf, nullptr));
  const EcdsaSignature built(ECDSA_SIG_new());
  if (!r || !s || !built || ECDSA_SIG_set0(built.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(built.get(), &der);
  if (length <= 0) return {};
  Bytes out(der, der + length);
  OPENSSL_free(der);
  return out;
}

/// RFC 7518 section 3.5: MGF1 with the same hash, salt as long as the hash.
bool set_pss(EVP_PKEY_CTX* context) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

bool verify_sha256(EVP_PKEY* key, bool pss, std::string_view message, ByteView signature) {
  const DigestContext digest(EVP_MD_CTX_new());
  EVP_PKEY_CTX* context = nullptr;  // the digest's
  if (!digest || EVP_DigestVerifyInit(digest.get(), &context, EVP_sha256(), nullptr, key) != 1 ||
      (pss && !set_pss(context))) {
    return false;
  }
  return EVP_DigestVerify(digest.get(), signature.data(), signature.size(),
                          reinterpret_cast<const unsigned char*>(message.data()),
                          message.size()) == 1;
}

}  // namespace

std::optional<SignatureKind> signature_kind(std::string_view alg) {
  if (alg == "RS256") return SignatureKind::Rs256;
  if (alg == "PS256") return SignatureKind::Ps256;
  if (alg == "ES256") return SignatureKind::Es256;
  return std::nullopt;
}

struct VerificationKey::Impl {
  PKey key;
};

VerificationKey::VerificationKey(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
VerificationKey::VerificationKey(VerificationKey&&) noexcept = default;
VerificationKey& VerificationKey::operator=(VerificationKey&&) noexcept = default;
VerificationKey::~VerificationKey() = default;

std::optional<VerificationKey> VerificationKey::from_jwk(const Json::Value& jwk) {
  return jwk.isMember("kid") ? from_nameless_jwk(jwk) : std::nullopt;
}

std::optional<VerificationKey> VerificationKey::from_nameless_jwk(const Json::Value& jwk) {
  const auto kid = jwk.isMember("kid") ? text_member(jwk, "kid") : std::string();
  if (!kid || kid->size() > kLongestKid || !is_for_verifying(jwk)) return {};
  if (jwk.isMember("kid") && kid->empty()) return {};
  std::optional<SignatureKind> only;
  if (jwk.isMember("alg")) {
    only = signature_kind(text_member(jwk, "alg").value_or(""));
    if (!only) return std::nullopt;
  }
  const auto type = text_member(jwk, "kty");
  PKey key = type == "RSA" ? rsa_key(jwk) : type == "EC" ? p256_key(jwk) : nullptr;
  if (!key) return std::nullopt;
  VerificationKey made(std::make_unique<Impl>(Impl{std::move(key)}));
  made.kid_ = *kid;
  made.issuer_ = text_member(jwk, "issuer").value_or("");
  made.only_ = only;
  return made;
}

bool VerificationKey::verify(SignatureKind kind, std::string_view message,
                             ByteView signature) const {
  if (only_ && *only_ != kind) return false;
  EVP_PKEY* key = impl_->key.get();
  if (kind != SignatureKind::Es256) {
    return EVP_PKEY_is_a(key, "RSA") == 1 &&
           verify_sha256(key, kind == SignatureKind::Ps256, message, signature);
  }
  if (EVP_PKEY_is_a(key, "EC") != 1) return false;
  const Bytes der = der_from_raw(signature);
  return !der.empty() && verify_sha256(key, false, message, der);
}

}  // namespace postern::handlers::sso

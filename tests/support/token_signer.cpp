#include "tests/support/token_signer.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <stdexcept>

#include "domain/bytes.hpp"
#include "handlers/json_body.hpp"

namespace postern::test {
namespace {

using domain::Bytes;
using handlers::sso::SignatureKind;

void must(bool good) {
  if (!good) throw std::runtime_error("OpenSSL");
}

Bytes number(const EVP_PKEY* key, const char* name, int width) {
  BIGNUM* value = nullptr;
  must(EVP_PKEY_get_bn_param(key, name, &value) == 1);
  Bytes bytes(static_cast<std::size_t>(width > 0 ? width : BN_num_bytes(value)));
  must(BN_bn2binpad(value, bytes.data(), static_cast<int>(bytes.size())) > 0);
  BN_free(value);
  return bytes;
}

/// DER to r and s side by side.
Bytes raw_signature(const Bytes& der) {
  const unsigned char* data = der.data();
  ECDSA_SIG* parsed = d2i_ECDSA_SIG(nullptr, &data, static_cast<long>(der.size()));
  must(parsed != nullptr);
  Bytes raw(64);
  must(BN_bn2binpad(ECDSA_SIG_get0_r(parsed), raw.data(), 32) == 32);
  must(BN_bn2binpad(ECDSA_SIG_get0_s(parsed), raw.data() + 32, 32) == 32);
  ECDSA_SIG_free(parsed);
  return raw;
}

const char* name_of(SignatureKind kind) {
  switch (kind) {
    case SignatureKind::Rs256:
      return "RS256";
    case SignatureKind::Ps256:
      return "PS256";
    case SignatureKind::Es256:
      return "ES256";
  }
  return "";
}

Bytes sign_with(EVP_PKEY* key, SignatureKind kind, const std::string& text) {
  EVP_MD_CTX* digest = EVP_MD_CTX_new();
  EVP_PKEY_CTX* context = nullptr;
  must(EVP_DigestSignInit(digest, &context, EVP_sha256(), nullptr, key) == 1);
  if (kind == SignatureKind::Ps256) {
    must(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1);
    must(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1);
  }
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t length = 0;
  must(EVP_DigestSign(digest, nullptr, &length, data, text.size()) == 1);
  Bytes signature(length);
  must(EVP_DigestSign(digest, signature.data(), &length, data, text.size()) == 1);
  signature.resize(length);
  EVP_MD_CTX_free(digest);
  return kind == SignatureKind::Es256 ? raw_signature(signature) : signature;
}

std::string encoded(const std::string& text) {
  return domain::base64url_encode(domain::as_bytes(text));
}

}  // namespace

struct TokenSigner::Key {
  EVP_PKEY* key = nullptr;
  ~Key() { EVP_PKEY_free(key); }
};

TokenSigner::TokenSigner(SignatureKind kind, std::string kid, unsigned bits)
    : kind_(kind), kid_(std::move(kid)), key_(std::make_unique<Key>()) {
  key_->key = kind == SignatureKind::Es256 ? EVP_EC_gen("P-256") : EVP_RSA_gen(bits);
  must(key_->key != nullptr);
}

TokenSigner::~TokenSigner() = default;

Json::Value TokenSigner::jwk() const {
  Json::Value jwk(Json::objectValue);
  jwk["kid"] = kid_;
  jwk["use"] = "sig";
  jwk["alg"] = name_of(kind_);
  const auto put = [&](const char* member, const char* parameter, int width) {
    jwk[member] = domain::base64url_encode(number(key_->key, parameter, width));
  };
  if (kind_ == SignatureKind::Es256) {
    jwk["kty"] = "EC";
    jwk["crv"] = "P-256";
    put("x", OSSL_PKEY_PARAM_EC_PUB_X, 32);
    put("y", OSSL_PKEY_PARAM_EC_PUB_Y, 32);
  } else {
    jwk["kty"] = "RSA";
    put("n", OSSL_PKEY_PARAM_RSA_N, 0);
    put("e", OSSL_PKEY_PARAM_RSA_E, 0);
  }
  return jwk;
}

std::string TokenSigner::sign(const Json::Value& claims, const Json::Value& header) const {
  Json::Value whole(Json::objectValue);
  whole["alg"] = name_of(kind_);
  whole["kid"] = kid_;
  for (const auto& name : header.getMemberNames()) {
    whole[name] = header[name];
    if (header[name].isNull()) whole.removeMember(name);
  }
  const auto text =
      encoded(handlers::write_json(whole)) + "." + encoded(handlers::write_json(claims));
  return text + "." + domain::base64url_encode(sign_with(key_->key, kind_, text));
}

std::string key_set(std::initializer_list<const TokenSigner*> signers) {
  Json::Value set(Json::objectValue);
  set["keys"] = Json::arrayValue;
  for (const auto* signer : signers) set["keys"].append(signer->jwk());
  return handlers::write_json(set);
}

std::string compact(const std::string& header, const std::string& claims,
                    const std::string& signature) {
  return encoded(header) + "." + encoded(claims) + "." + encoded(signature);
}

}  // namespace postern::test

#include "tests/support/security_key.hpp"

#include <cbor.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

#include "handlers/object_text.hpp"

namespace postern::test {
namespace {

using domain::Bytes;
using domain::WebauthnClientData;

constexpr std::uint8_t kUserPresent = 0x01, kHasKey = 0x40;

void check(bool good) {
  if (!good) throw std::runtime_error("the security key does not work");
}

Bytes sha256(const Bytes& data) {
  Bytes digest(SHA256_DIGEST_LENGTH);
  SHA256(data.data(), data.size(), digest.data());
  return digest;
}

Bytes bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

/// As short as it goes, which is canonical.
cbor_item_t* number(int value) {
  if (value >= 0) return cbor_build_uint8(static_cast<std::uint8_t>(value));
  if (value >= -256) return cbor_build_negint8(static_cast<std::uint8_t>(-1 - value));
  return cbor_build_negint16(static_cast<std::uint16_t>(-1 - value));
}

cbor_item_t* text(const std::string& value) {
  return cbor_build_string(value.c_str());
}

cbor_item_t* bytes(const Bytes& value) {
  return cbor_build_bytestring(value.data(), value.size());
}

/// A map under construction.
class Map {
 public:
  explicit Map(std::size_t size) : item_(cbor_new_definite_map(size)) {}
  Map& add(cbor_item_t* key, cbor_item_t* value) {
    check(cbor_map_add(item_, {cbor_move(key), cbor_move(value)}));
    return *this;
  }
  cbor_item_t* item() { return item_; }
  Bytes finish() {
    unsigned char* buffer = nullptr;
    std::size_t size = 0;
    const std::size_t length = cbor_serialize_alloc(item_, &buffer, &size);
    check(length != 0);
    Bytes written(buffer, buffer + length);
    std::free(buffer);  // NOLINT(*-no-malloc): libcbor's
    cbor_decref(&item_);
    return written;
  }

 private:
  cbor_item_t* item_;
};

EVP_PKEY* make_key(SecurityKey::Kind kind) {
  switch (kind) {
    case SecurityKey::Kind::Es256:
      return EVP_EC_gen("P-256");
    case SecurityKey::Kind::EdDsa:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    case SecurityKey::Kind::Rs256:
      return EVP_RSA_gen(2048);
  }
  return nullptr;
}

Bytes number_of(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  check(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  Bytes written(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, written.data());
  BN_free(number);
  return written;
}

/// A byte that says how, x, y.
Bytes point_of(EVP_PKEY* key) {
  Bytes point(65);
  std::size_t size = 0;
  check(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(),
                                        &size) == 1 &&
        size == point.size());
  return point;
}

WebauthnClientData client_data(const Ceremony& ceremony, const std::string& type) {
  WebauthnClientData client{{},
                            ceremony.type.empty() ? type : ceremony.type,
                            ceremony.challenge,
                            ceremony.origin,
                            ceremony.cross_origin};
  client.raw = bytes_of(client_data_json(client));
  return client;
}

std::string credential(const Bytes& id, const std::string& response) {
  return handlers::ObjectText()
      .text("rawId", domain::base64url_encode(id))
      .text("id", domain::base64url_encode(id))
      .text("type", "public-key")
      .raw("response", response)
      .finish();
}

}  // namespace

SecurityKey::SecurityKey(Kind kind) : kind_(kind), key_(make_key(kind), Free()) {
  check(key_ != nullptr);
  id.resize(32);
  domain::SodiumRandom().fill(id);
}

Bytes SecurityKey::cose_key() const {
  constexpr int kType = 1, kAlgorithm = 3;
  switch (kind_) {
    case Kind::Es256: {
      const Bytes point = point_of(key_.get());
      return Map(5)
          .add(number(kType), number(2))
          .add(number(kAlgorithm), number(-7))
          .add(number(-1), number(1))
          .add(number(-2), bytes(Bytes(point.begin() + 1, point.begin() + 33)))
          .add(number(-3), bytes(Bytes(point.begin() + 33, point.end())))
          .finish();
    }
    case Kind::EdDsa: {
      Bytes raw(32);
      std::size_t size = raw.size();
      check(EVP_PKEY_get_raw_public_key(key_.get(), raw.data(), &size) == 1);
      return Map(4)
          .add(number(kType), number(1))
          .add(number(kAlgorithm), number(-8))
          .add(number(-1), number(6))
          .add(number(-2), bytes(raw))
          .finish();
    }
    case Kind::Rs256:
      return Map(4)
          .add(number(kType), number(3))
          .add(number(kAlgorithm), number(-257))
          .add(number(-1), bytes(number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N)))
          .add(number(-2), bytes(number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E)))
          .finish();
  }
  return {};
}

Bytes SecurityKey::authenticator_data(const std::string& rp_id, bool with_key) const {
  Bytes data = sha256(bytes_of(rp_id));
  data.push_back(
      static_cast<std::uint8_t>((user_present ? kUserPresent : 0) | (with_key ? kHasKey : 0)));
  for (int shift = 24; shift >= 0; shift -= 8) {
    data.push_back(static_cast<std::uint8_t>(sign_count >> shift & 0xff));
  }
  if (!with_key) return data;
  data.insert(data.end(), 16, 0);  // no model
  data.push_back(static_cast<std::uint8_t>(id.size() >> 8));
  data.push_back(static_cast<std::uint8_t>(id.size() & 0xff));
  data.insert(data.end(), id.begin(), id.end());
  const Bytes key = cose_key();
  data.insert(data.end(), key.begin(), key.end());
  return data;
}

Bytes SecurityKey::attestation_object(const Bytes& authenticator_data, const std::string& format) {
  Map statement(format == "none" ? 0 : 1);
  if (format != "none") statement.add(text("sig"), bytes(Bytes(70, 0x30)));
  return Map(3)
      .add(text("fmt"), text(format))
      .add(text("attStmt"), statement.item())
      .add(text("authData"), bytes(authenticator_data))
      .finish();
}

Bytes SecurityKey::sign(const Bytes& message) const {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const EVP_MD* digest = kind_ == Kind::EdDsa ? nullptr : EVP_sha256();
  Bytes signature(512);
  std::size_t size = signature.size();
  const bool signed_it =
      EVP_DigestSignInit(context, nullptr, digest, nullptr, key_.get()) == 1 &&
      EVP_DigestSign(context, signature.data(), &size, message.data(), message.size()) == 1;
  EVP_MD_CTX_free(context);
  check(signed_it);
  signature.resize(size);
  return signature;
}

domain::WebauthnAttestation SecurityKey::create(const Ceremony& ceremony) {
  return {client_data(ceremony, "webauthn.create"),
          attestation_object(authenticator_data(ceremony.rp_id, true))};
}

domain::WebauthnAssertion SecurityKey::get(const Ceremony& ceremony) {
  if (counts) ++sign_count;
  domain::WebauthnAssertion assertion{
      id, client_data(ceremony, "webauthn.get"), authenticator_data(ceremony.rp_id, false), {}, {}};
  Bytes message = assertion.authenticator_data;
  const Bytes hash = sha256(assertion.client.raw);
  message.insert(message.end(), hash.begin(), hash.end());
  assertion.signature = sign(message);
  assertion.user_handle = user_handle;
  return assertion;
}

std::string client_data_json(const WebauthnClientData& client) {
  return handlers::ObjectText()
      .text("type", client.type)
      .text("challenge", client.challenge)
      .text("origin", client.origin)
      .boolean("crossOrigin", client.cross_origin)
      .finish();
}

std::string credential_json(const domain::WebauthnAttestation& attestation) {
  const auto response =
      handlers::ObjectText()
          .text("clientDataJSON", domain::base64url_encode(attestation.client.raw))
          .text("attestationObject", domain::base64url_encode(attestation.attestation_object))
          .finish();
  return credential(Bytes(32, 1), response);
}

std::string credential_json(const domain::WebauthnAssertion& assertion) {
  handlers::ObjectText response;
  response.text("clientDataJSON", domain::base64url_encode(assertion.client.raw))
      .text("authenticatorData", domain::base64url_encode(assertion.authenticator_data))
      .text("signature", domain::base64url_encode(assertion.signature));
  if (assertion.user_handle.empty()) {
    response.raw("userHandle", "null");
  } else {
    response.text("userHandle", domain::base64url_encode(assertion.user_handle));
  }
  return credential(assertion.credential_id, response.finish());
}

}  // namespace postern::test

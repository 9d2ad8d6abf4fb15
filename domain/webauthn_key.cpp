#include "domain/webauthn_key.hpp"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#include <memory>
#include <stdexcept>

namespace postern::domain {
namespace {

constexpr std::size_t kMostSignature = 512;  ///< RS256's has 256 bytes

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* pointer) const {
    Free(&pointer);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freer<Free>>;

/// libfido2 answers null where there is no memory, and for nothing else.
template <class T>
T* there(T* pointer) {
  if (pointer == nullptr) throw std::bad_alloc();
  return pointer;
}

/// A key of one kind, in the form in which signatures are verified with it; null where it is none.
template <class T, auto New, auto Free, auto FromBytes>
Owned<T, Free> parse(const Bytes& bytes) {
  Owned<T, Free> key(there(New()));
  if (FromBytes(key.get(), bytes.data(), bytes.size()) != FIDO_OK) key.reset();
  return key;
}

constexpr auto parse_es256 = parse<es256_pk_t, es256_pk_new, es256_pk_free, es256_pk_from_ptr>;
constexpr auto parse_eddsa = parse<eddsa_pk_t, eddsa_pk_new, eddsa_pk_free, eddsa_pk_from_ptr>;
constexpr auto parse_rs256 = parse<rs256_pk_t, rs256_pk_new, rs256_pk_free, rs256_pk_from_ptr>;

/// Asks `use` with the key as libfido2 holds it; false where it is none of its algorithm.
template <class Use>
bool with_key(const WebauthnKey& key, const Use& use) {
  const auto ask = [&](const auto& parsed) { return parsed && use(parsed.get()); };
  switch (key.algorithm) {
    case kEs256:
      return ask(parse_es256(key.public_key));
    case kEdDsa:
      return ask(parse_eddsa(key.public_key));
    case kRs256:
      return ask(parse_rs256(key.public_key));
    default:
      return false;
  }
}

/// libfido2 wants to be told which algorithm the key is of.
std::optional<WebauthnKey> read_as(int algorithm, ByteView data) {
  const Owned<fido_cred_t, fido_cred_free> credential(there(fido_cred_new()));
  if (fido_cred_set_type(credential.get(), algorithm) != FIDO_OK) return {};
  if (fido_cred_set_authdata_raw(credential.get(), data.data(), data.size()) != FIDO_OK) return {};
  const unsigned char* key = fido_cred_pubkey_ptr(credential.get());
  if (key == nullptr) return {};
  return WebauthnKey{algorithm, Bytes(key, key + fido_cred_pubkey_len(credential.get()))};
}

}  // namespace

std::optional<WebauthnKey> read_webauthn_key(ByteView authenticator_data) {
  for (const int algorithm : {kEs256, kEdDsa, kRs256}) {
    auto key = read_as(algorithm, authenticator_data);
    if (key && with_key(*key, [](const auto*) { return true; })) return key;
  }
  return {};
}

bool verify_assertion(const WebauthnKey& key, const SignedAssertion& assertion) {
  const ByteView data = assertion.authenticator_data;
  const ByteView signature = assertion.signature;
  if (signature.empty() || signature.size() > kMostSignature) return false;
  const Owned<fido_assert_t, fido_assert_free> said(there(fido_assert_new()));
  const Digest& hash = assertion.client_data_hash;
  const bool complete =
      fido_assert_set_count(said.get(), 1) == FIDO_OK &&
      fido_assert_set_rp(said.get(), assertion.rp_id.c_str()) == FIDO_OK &&
      fido_assert_set_clientdata_hash(said.get(), hash.data(), hash.size()) == FIDO_OK &&
      fido_assert_set_up(said.get(), FIDO_OPT_TRUE) == FIDO_OK &&
      fido_assert_set_authdata_raw(said.get(), 0, data.data(), data.size()) == FIDO_OK &&
      fido_assert_set_sig(said.get(), 0, signature.data(), signature.size()) == FIDO_OK;
  if (!complete) return false;
  return with_key(key, [&](const auto* parsed) {
    return fido_assert_verify(said.get(), 0, key.algorithm, parsed) == FIDO_OK;
  });
}

}  // namespace postern::domain

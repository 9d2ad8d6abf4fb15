#include "domain/webauthn_authenticator_data.hpp"

#include "domain/cbor.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kHash = 32;
constexpr std::size_t kFlags = kHash;
constexpr std::size_t kCounter = kFlags + 1;
constexpr std::size_t kHeader = kCounter + 4;
constexpr std::size_t kAaguid = 16;
constexpr std::uint8_t kUserPresent = 0x01;
constexpr std::uint8_t kHasCredential = 0x40;
constexpr std::uint8_t kHasExtensions = 0x80;
constexpr std::size_t kMostAttestation = 16384;
constexpr std::uint8_t kEmptyMap = 0xa0;

/// Takes one item of CBOR off `rest`.
bool skip_item(ByteView& rest) {
  const auto size = cbor_item_size(rest);
  if (!size) return false;
  rest = rest.subspan(*size);
  return true;
}

/// Takes id and key off `rest`.
std::optional<ByteView> take_credential(ByteView& rest) {
  if (rest.size() < kAaguid + 2) return {};
  const std::size_t length = std::size_t{rest[kAaguid]} << 8 | rest[kAaguid + 1];
  rest = rest.subspan(kAaguid + 2);
  if (length == 0 || length > kMostCredentialId || length > rest.size()) return {};
  const ByteView id = rest.first(length);
  rest = rest.subspan(length);
  if (!skip_item(rest)) return {};
  return id;
}

std::optional<AuthenticatorData> read(ByteView data, bool with_credential) {
  if (data.size() < kHeader || data.size() > kMostAuthenticatorData) return {};
  const std::uint8_t flags = data[kFlags];
  if (((flags & kHasCredential) != 0) != with_credential) return {};
  AuthenticatorData found;
  found.rp_id_hash = data.first(kHash);
  found.user_present = (flags & kUserPresent) != 0;
  for (std::size_t i = kCounter; i < kHeader; ++i) {
    found.sign_count = found.sign_count << 8 | data[i];
  }
  ByteView rest = data.subspan(kHeader);
  if (with_credential) {
    const auto id = take_credential(rest);
    if (!id) return {};
    found.credential_id = *id;
  }
  if ((flags & kHasExtensions) != 0 && !skip_item(rest)) return {};
  if (!rest.empty()) return {};
  return found;
}

}  // namespace

std::optional<AuthenticatorData> read_registration_data(ByteView data) {
  return read(data, true);
}

std::optional<AuthenticatorData> read_assertion_data(ByteView data) {
  return read(data, false);
}

std::optional<ByteView> data_of_attestation(ByteView object) {
  if (object.size() > kMostAttestation) return {};
  const auto members = cbor_text_map(object);
  if (!members || members->size() != 3) return {};
  const auto format = members->find("fmt");
  const auto statement = members->find("attStmt");
  const auto data = members->find("authData");
  if (format == members->end() || statement == members->end() || data == members->end()) return {};
  const auto name = cbor_text(format->second);
  if (!name) return {};
  const ByteView said = statement->second;
  if (*name == "none" && (said.size() != 1 || said[0] != kEmptyMap)) return {};
  return cbor_bytes(data->second);
}

}  // namespace postern::domain

#pragma once

#include <cstdint>

#include "domain/uuid.hpp"

namespace postern::domain {

class CredentialCache;

/// Something that credentials depend on and that has just changed: whatever was believed of it has
/// to be asked anew.
struct RevokedSubject {
  enum class Kind : std::uint8_t { Account, Credential, Everything };
  Kind kind = Kind::Everything;
  Uuid id{};  ///< of the account, or of the session, key or client; none for Everything

  static RevokedSubject account(const AccountId& id) { return {Kind::Account, id.uuid}; }
  static RevokedSubject credential(const SessionId& id) { return {Kind::Credential, id.uuid}; }
  static RevokedSubject credential(const KeyId& id) { return {Kind::Credential, id.uuid}; }
  static RevokedSubject client(const OAuthClientId& id) { return {Kind::Credential, id.uuid}; }
  static RevokedSubject everything() { return {}; }
  auto operator<=>(const RevokedSubject&) const = default;
};

/// Whatever this machine's cache holds of it is void from here on.
void make_void(CredentialCache& cache, const RevokedSubject& subject) noexcept;

}  // namespace postern::domain

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/bytes.hpp"
#include "domain/random.hpp"
#include "domain/result.hpp"

namespace postern::domain {

/// What a derived key is for. Each purpose has its own key, so that nothing made for one can pass
/// for another (rule R10).
enum class KeyPurpose : std::uint8_t {
  RefreshMac = 1,    ///< Authenticates refresh tokens (R1).
  ApiKeyHash = 2,    ///< Keyed hash of API keys' secrets (R5).
  Seal = 3,          ///< Encrypts what must be read back: signing keys, kept copies of API keys.
  LookupHash = 4,    ///< Hides the networks that accounts signed in from.
  Fingerprint = 5,   ///< Keyed hash of whole credentials, for caches.
  InviteHash = 6,    ///< Keyed hash of invitations' codes (R5).
  MailLinkHash = 7,  ///< Keyed hash of secrets that travel by mail (R5).
  RecoveryHash = 8,  ///< Keyed hash of recovery codes (R5).
  LimiterNames = 9,  ///< Names of what is limited, in shared memory.
  SsoState = 10,     ///< Keyed hash of the states of sign-ins at providers (R5).
  SessionSignature = 11,  ///< Signs session ids for clients that are told one (Scriptix).
  BotToken = 12,          ///< Signs the tokens of bots and of persons' scripts (HS256).
  EmailCodeHash = 13,     ///< Keyed hash of one-time codes that go out by mail (R5).
  Challenge = 14,         ///< Authenticates WebAuthn challenges.
  ClientSecretHash = 15,  ///< Keyed hash of OAuth clients' secrets and registration tokens (R5).
  GrantHash = 16,         ///< Keyed hash of codes, device codes and pushed requests (R5).
  BrowserCookie = 17,     ///< Authenticates the cookies of browsers' sessions.
  FormToken = 18,         ///< Binds forms to the browser that was shown them (CSRF).
};

/// The master keys, read from one file outside the database. Each line is
/// `postern-master-1:<id>:<43 characters of base64url>` (id 1-255, 32 bytes); the first line is the
/// one new things are made with, all others still verify and decrypt. '#' starts a comment line.
class KeyRing {
 public:
  /// Refuses (InvalidInput, detail for the log) a missing, empty or malformed file, a repeated id,
  /// and a file that group or others may read.
  static Result<KeyRing> load(const std::filesystem::path& file);
  /// A fresh line for a new file.
  static std::string make_line(std::uint8_t id, Random& random);
  static Result<KeyRing> parse(std::string_view text);

  [[nodiscard]] std::uint8_t current_id() const;
  [[nodiscard]] bool has(std::uint8_t id) const;

  /// HMAC-SHA-256 under the key derived for `purpose`. The id must be one of the ring's.
  [[nodiscard]] Digest mac(KeyPurpose purpose, std::uint8_t id, ByteView message) const;

  /// XChaCha20-Poly1305 with a random nonce; the answer is id | nonce | ciphertext | tag. `context`
  /// is authenticated, not stored: opening under another context fails.
  [[nodiscard]] Bytes seal(std::string_view context, ByteView plain, Random& random) const;
  [[nodiscard]] Result<Bytes> open(std::string_view context, ByteView sealed) const;

 private:
  struct Master {
    std::uint8_t id;
    std::vector<Digest> derived;  ///< indexed by KeyPurpose
  };
  [[nodiscard]] const Master* find(std::uint8_t id) const;
  std::vector<Master> masters_;
};

}  // namespace postern::domain

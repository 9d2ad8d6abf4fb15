#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/bytes.hpp"
#include "domain/database.hpp"
#include "domain/key_ring.hpp"
#include "domain/random.hpp"
#include "domain/result.hpp"
#include "domain/signing_algorithm.hpp"

namespace postern::domain {

/// The public half of a signing key, as a JWK (RFC 7517) names its parts, in base64url.
struct PublicKey {
  std::string kid;
  SigningAlgorithm algorithm = SigningAlgorithm::Es256;
  std::string x{}, y{};  ///< ES256: 32 bytes each, P-256
  std::string n{}, e{};  ///< RS256: modulus and exponent
};

/// The keys of this installation, private halves sealed under the master key in the database: ES256
/// (RFC 7518 section 3.4) for all, and RS256 (section 3.3) for the ID and logout tokens of clients
/// that want it; a key of RS256 neither signs nor verifies an access token. A token's header must
/// be, byte for byte, one that we write: so the algorithm is fixed per key by us and never chosen
/// by the token (RFC 8725 section 3.1). ECDSA knows two signatures for each one, (r, s) and (r,
/// n-s): only the one with the smaller s is made and accepted, so that each token has one spelling.
/// Which key signs and which still verify follows from the time last told (load(), reload(),
/// set_time()), not from when they were read. Keys change by themselves: signing_key_rotation.hpp.
/// Not for use by two threads, or across a fork.
class SigningKeys {
 public:
  SigningKeys();
  ~SigningKeys();
  SigningKeys(SigningKeys&&) noexcept;
  SigningKeys& operator=(SigningKeys&&) noexcept;

  /// Reads all keys that may sign or verify at `now` or later. Throws as Database does; a key that
  /// cannot be opened (another master key) throws std::runtime_error.
  void load(Executor& database, const KeyRing& ring, Instant now);
  /// Loads again unless this did within the last kReloadInterval: for tokens of a key that another
  /// process made, which strangers can pretend. True when it did.
  bool reload(Executor& database, const KeyRing& ring, Instant now);
  static constexpr seconds kReloadInterval{5};
  /// Tells the time and loads again where that is due: `state` is another one than the last time,
  /// or there is none, or the keys are a minute old. True when it did.
  bool keep_up(Executor& database, const KeyRing& ring, Instant now,
               std::optional<std::uint64_t> state);
  static constexpr seconds kKeptFor{60};
  /// A key of this algorithm that signs at the time told.
  [[nodiscard]] bool ready(SigningAlgorithm algorithm = SigningAlgorithm::Es256) const;
  void set_time(Instant now);

  /// A new key, stored sealed and signing from then on (none: from now on); the older ones go on
  /// verifying. Returns its kid.
  static std::string create(Executor& database, const KeyRing& ring, Random& random, Instant now,
                            std::optional<Instant> sign_after = {},
                            SigningAlgorithm algorithm = SigningAlgorithm::Es256);

  /// A compact JWS (RFC 7515) over `payload`, by the newest key of this algorithm that may sign
  /// such tokens. Throws std::runtime_error where there is none.
  [[nodiscard]] std::string sign(std::string_view payload, TokenType type = TokenType::AccessToken,
                                 SigningAlgorithm algorithm = SigningAlgorithm::Es256) const;
  /// The payload of a token of this type that one of our keys signed. Checks length (at most 8192),
  /// header, structure and signature; NOT the claims. TokenInvalid otherwise.
  [[nodiscard]] Result<std::string> verify(std::string_view token,
                                           TokenType type = TokenType::AccessToken) const;
  /// True when the token's header names a kid that is not loaded: worth one reload.
  [[nodiscard]] bool names_unknown_key(std::string_view token) const;

  /// All that verify or will sign.
  [[nodiscard]] std::vector<PublicKey> public_keys() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postern::domain

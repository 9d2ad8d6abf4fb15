#pragma once

#include <string>
#include <vector>

#include "domain/recovery_code.hpp"
#include "domain/totp.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::test {

/// An authenticator app: what it was told, and the codes it shows.
class Authenticator {
 public:
  explicit Authenticator(const domain::Secret& base32);

  [[nodiscard]] domain::Secret code(domain::Instant at) const;
  /// A code that is never of any step near: six digits all the same.
  [[nodiscard]] domain::Secret wrong_code(domain::Instant at) const;
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Base32 (RFC 4648), written apart from the program's own.
std::string base32_decode(std::string_view text);

struct Enrolled {
  Authenticator app;
  std::vector<domain::Secret> recovery_codes;
  domain::SessionId session;  ///< the one it was done in, which lives on
};
/// Signs in, sets an authenticator up, and lets 30 seconds go by: the code of then is unspent.
Enrolled enrol(DomainWorld& world, const domain::Account& account);

}  // namespace postern::test

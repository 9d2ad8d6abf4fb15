#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/factor.hpp"

namespace postern::domain {

/// What the files of second factors share within a transaction. Not for others.

struct FactorOwner {
  Account account;
  bool password_needs_mfa = false;

  /// Whether this one is all that stands beside the password.
  [[nodiscard]] bool has_only(Factor factor) const;
};
/// Locks the account's row: whatever changes its factors, and whoever logs in to it, come one after
/// the other. None when it is gone or may not act.
[[nodiscard]] std::optional<FactorOwner> lock_factor_owner(Transaction& tx, AccountId account);

struct StoredTotp {
  Bytes sealed;
  Secret secret;
  bool confirmed = false;
  std::int64_t last_step = 0;
};
/// Throws std::runtime_error where the secret cannot be opened: it was sealed under a master key
/// that is not there.
[[nodiscard]] std::optional<StoredTotp> read_totp(Executor& executor, Services& services,
                                                  AccountId account);
/// In place of one that was never confirmed. False where one is in force.
[[nodiscard]] bool store_unconfirmed_totp(Transaction& tx, Services& services, AccountId account,
                                          const Secret& secret);

/// The step of a code that may be taken now: within the drift, later than the last one taken.
[[nodiscard]] std::optional<std::int64_t> acceptable_step(const Services& services,
                                                          const StoredTotp& totp,
                                                          const Secret& code);

}  // namespace postern::domain

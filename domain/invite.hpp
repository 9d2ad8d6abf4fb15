#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/account.hpp"

namespace postern::domain {

/// An invitation to register: a code of `inv_` + 26 characters base62 (154 bits) + checksum6, kept
/// as a keyed hash (rule R5), good for so many registrations until its end.
struct Invite {
  InviteId id;
  std::string code_prefix;  ///< first 8 characters of the code, to recognise it by
  std::string role;
  std::int64_t max_uses = 1, uses = 0;
  std::optional<AccountId> created_by;
  Instant created_at, expires_at;
  std::optional<Instant> revoked_at;

  enum class Status { Active, UsedUp, Expired, Revoked };
  [[nodiscard]] Status status(Instant now) const;
};
[[nodiscard]] std::string_view name_of(Invite::Status status);  ///< active, used_up, …

struct NewInvite {
  std::string role = "member";
  std::int64_t max_uses = 1;           ///< 1-10,000
  std::chrono::days lifetime{7};       ///< 1-365
  std::optional<std::string> email{};  ///< sent there, where mail is set up
};
struct IssuedInvite {
  Invite invite;
  Secret code;  ///< shown this once
};
/// InvalidInput (role, max_uses, expires_in_days, email); NotPermitted for a role with permissions
/// that the actor's own role does not have.
[[nodiscard]] Result<IssuedInvite> create_invite(Services& services, const NewInvite& wanted,
                                                 std::optional<AccountId> actor,
                                                 const Origin& origin);
/// Newest first; those that are over included until they are swept, 30 days after their end.
[[nodiscard]] Result<Page<Invite>> list_invites(Services& services, const PageRequest& page);
/// NotFound for one that is over already.
[[nodiscard]] Outcome revoke_invite(Services& services, InviteId id, std::optional<AccountId> actor,
                                    const Origin& origin);

/// In the transaction that makes the account: counts one use by a guarded UPDATE, so that of any
/// number at once no more succeed than it has uses. The role it gives, or InviteInvalid.
struct UsedInvite {
  InviteId id;
  std::string role;
};
[[nodiscard]] Result<UsedInvite> use_invite(Transaction& tx, Services& services,
                                            const Secret& code);

}  // namespace postern::domain

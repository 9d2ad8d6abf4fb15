#include "domain/revocation.hpp"

namespace postern::domain {
namespace {

constexpr Statement kDeleteSession{"delete_session", R"sql(
  delete from postern.session where id = $1 and account_id = $2
)sql"};

constexpr Statement kDeleteSessions{"delete_sessions", R"sql(
  delete from postern.session where account_id = $1 and ($2::uuid is null or id <> $2)
)sql"};

constexpr Statement kRevokeKey{"revoke_key", R"sql(
  update postern.api_key
  set revoked_at = $3, revoked_why = $4, sealed_copy = null
  where id = $1 and account_id = $2 and revoked_at is null
)sql"};

constexpr Statement kRevokeKeys{"revoke_keys", R"sql(
  update postern.api_key
  set revoked_at = $2, revoked_why = $3, sealed_copy = null
  where account_id = $1 and revoked_at is null
)sql"};

}  // namespace

// Checks read the rows themselves, each time: changing them is all there is to do.

std::int64_t revoke_session(Transaction& tx, Services& /*services*/, AccountId account,
                            SessionId session) {
  return tx.run(kDeleteSession, {session, account}).affected;
}

std::int64_t revoke_sessions(Transaction& tx, Services& /*services*/, AccountId account,
                             std::optional<SessionId> keep) {
  return tx.run(kDeleteSessions, {account, keep}).affected;
}

std::int64_t revoke_key(Transaction& tx, Services& services, AccountId account, KeyId key,
                        std::string_view reason) {
  return tx.run(kRevokeKey, {key, account, services.clock.now(), reason}).affected;
}

std::int64_t revoke_keys(Transaction& tx, Services& services, AccountId account,
                         std::string_view reason) {
  return tx.run(kRevokeKeys, {account, services.clock.now(), reason}).affected;
}

void account_changed(Transaction& /*tx*/, Services& /*services*/, AccountId /*account*/) {}

}  // namespace postern::domain

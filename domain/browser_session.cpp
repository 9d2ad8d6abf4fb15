#include "domain/browser_session.hpp"

#include <algorithm>

#include "domain/oauth_grant.hpp"
#include "domain/revocation.hpp"

namespace postern::domain {
namespace {

constexpr Statement kFindBrowserSession{"find_browser_session", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(, postern.micros(s.created_at),
    postern.micros(s.rotated_at), s.methods
  from postern.session s join postern.account a on a.id = s.account_id
  where s.id = $1 and s.kind = $2 and s.expires_at > $3 and s.idle_expires_at > $3
)sql"};

constexpr Statement kMoveGrants{"move_grants_of_browser", R"sql(
  update postern.oauth_grant set browser_session = $2 where browser_session = $1
)sql"};

constexpr Statement kMoveCodes{"move_codes_of_browser", R"sql(
  update postern.oauth_code set browser_session = $2
  where account_id = $3 and browser_session = $1
)sql"};

constexpr Statement kMoveDevices{"move_devices_of_browser", R"sql(
  update postern.oauth_device set browser_session = $2 where browser_session = $1
)sql"};

constexpr Statement kLockBrowserSession{"lock_browser_session", R"sql(
  select id from postern.session where id = $1 and account_id = $2 for update)sql"};

constexpr Statement kHoldBrowserSession{"hold_browser_session", R"sql(
  select id from postern.session where id = $1 and account_id = $2 and kind = $3 for key share
)sql"};

enum Column : std::size_t { kCreatedAt = kAccountColumns, kUsedAt, kMethods };

/// `pbs_`, and base64url of: version, master key id, session id, MAC.
constexpr std::string_view kPrefix = "pbs_";
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kIdAt = 2;
constexpr std::size_t kMacAt = 18;
constexpr std::size_t kSize = 34;

Bytes signed_part(std::uint8_t key, SessionId session) {
  Bytes bytes{kVersion, key};
  bytes.insert(bytes.end(), session.uuid.bytes.begin(), session.uuid.bytes.end());
  return bytes;
}

/// The whole cookie; its MAC is half of what the hash has.
std::string cookie_under(const KeyRing& ring, std::uint8_t key, SessionId session) {
  auto bytes = signed_part(key, session);
  const auto mac = ring.mac(KeyPurpose::BrowserCookie, key, bytes);
  bytes.insert(bytes.end(), mac.begin(), mac.begin() + (kSize - kMacAt));
  return std::string(kPrefix) + base64url_encode(bytes);
}

}  // namespace

Result<SessionId> read_browser_cookie(const KeyRing& ring, std::string_view cookie) {
  if (!cookie.starts_with(kPrefix)) return Errc::TokenInvalid;
  const auto bytes = base64url_decode(cookie.substr(kPrefix.size()));
  if (!bytes || bytes->size() != kSize || bytes->front() != kVersion) return Errc::TokenInvalid;
  const std::uint8_t key = bytes->at(1);
  if (!ring.has(key)) return Errc::TokenInvalid;
  SessionId session;
  std::copy_n(bytes->begin() + kIdAt, session.uuid.bytes.size(), session.uuid.bytes.begin());
  if (!Secret(cookie_under(ring, key, session)).equals(cookie)) return Errc::TokenInvalid;
  return session;
}

namespace {

std::optional<Row> find_row(Services& services, SessionId session) {
  const auto rows = services.database.run(
      kFindBrowserSession, {session, static_cast<int>(SessionKind::Browser), services.clock.now()});
  return rows.empty() ? std::nullopt : std::optional(rows.front());
}

void end_in(Transaction& tx, Services& services, const BrowserSession& session,
            const Origin& origin) {
  revoke_grants_of_browser(tx, services, session.account.id, session.id);
  if (revoke_session(tx, services, session.account.id, session.id) != 1) return;
  record(tx, services,
         {.event = AuditEvent::LoggedOut,
          .account = session.account.id,
          .actor = session.account.id,
          .subject = session.id.text()},
         origin);
}

}  // namespace

Secret browser_cookie(const KeyRing& ring, SessionId session) {
  return Secret(cookie_under(ring, ring.current_id(), session));
}

Result<BrowserSession> find_browser_session(Services& services, std::string_view cookie) {
  const auto id = read_browser_cookie(services.ring, cookie);
  if (!id) return id.error();
  const auto row = find_row(services, *id);
  if (!row) return Errc::TokenRevoked;
  BrowserSession session{.id = *id,
                         .account = read_account(*row),
                         .signed_in_at = row->instant(kCreatedAt),
                         .methods = row->text(kMethods)};
  if (!session.account.may_act()) return Errc::AccountInactive;
  const auto due = row->instant(kUsedAt) + browser_use_period(services.settings);
  if (due <= services.clock.now()) touch_browser_sessions(services, {*id});
  return session;
}

bool hold_browser_session(Transaction& tx, AccountId account, SessionId session) {
  const Rows held =
      tx.run(kHoldBrowserSession, {session, account, static_cast<int>(SessionKind::Browser)});
  return held.size() == 1;
}

void lock_browser_session(Transaction& tx, AccountId account, SessionId session) {
  tx.run(kLockBrowserSession, {session, account});
}

void end_browser_session(Services& services, const BrowserSession& session, const Origin& origin) {
  (void)services.database.transaction([&](Transaction& tx) -> Outcome {
    end_in(tx, services, session, origin);
    return done;
  });
}

void replace_browser_session(Services& services, const BrowserSession& former,
                             const BrowserSession& fresh, const Origin& origin) {
  if (former.account.id != fresh.account.id) return end_browser_session(services, former, origin);
  (void)services.database.transaction([&](Transaction& tx) -> Outcome {
    lock_browser_session(tx, former.account.id, former.id);
    tx.run(kMoveCodes, {former.id, fresh.id, former.account.id});
    tx.run(kMoveDevices, {former.id, fresh.id});
    // Last: what a code or device is being exchanged for meanwhile is there by now.
    tx.run(kMoveGrants, {former.id, fresh.id});
    revoke_session(tx, services, former.account.id, former.id);
    return done;
  });
}

}  // namespace postern::domain

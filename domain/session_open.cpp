#include "domain/session_open.hpp"

#include <algorithm>

#include "domain/login_limit.hpp"
#include "domain/mail.hpp"
#include "domain/session_tokens.hpp"

namespace postern::domain {
namespace {

constexpr Statement kInsertSession{"insert_session", R"sql(
  insert into postern.session (id, account_id, kind, counter, created_at, rotated_at,
    idle_expires_at, expires_at, address, user_agent, methods)
  values ($1, $2, $3, 0, $4, $4, $5, $6, $7, $8, $9)
)sql"};

constexpr Statement kNoteLogin{"note_login", R"sql(
  update postern.account set last_login_at = $2 where id = $1
)sql"};

seconds absolute_lifetime(const SessionSettings& settings, bool remember) {
  return remember ? settings.absolute_lifetime
                  : std::min(settings.absolute_lifetime, settings.unremembered_lifetime);
}

LiveSession insert_session(Transaction& tx, Services& services, Admitted admitted,
                           const Origin& origin) {
  const bool browser = admitted.kind == SessionKind::Browser;
  const Instant now = services.clock.now();
  const auto& settings = services.settings.session(admitted.kind);
  LiveSession session{.id = SessionId::make(now, services.random),
                      .kind = admitted.kind,
                      .counter = 0,
                      .idle_expires_at = now + settings.idle_lifetime,
                      .expires_at = now + absolute_lifetime(settings, admitted.remember),
                      .account = std::move(admitted.account),
                      .created_at = now};
  tx.run(kInsertSession, {session.id, session.account.id, static_cast<int>(session.kind), now,
                          session.idle_expires_at, session.expires_at, origin.address,
                          origin.user_agent, browser ? admitted.methods : std::string()});
  return session;
}

void tell_new_network(Transaction& tx, Services& services, AccountId account,
                      const Origin& origin) {
  queue_letter(tx, services,
               {.kind = MailKind::NewSignIn,
                .account = account,
                .address = {},
                .values = {{"address", origin.address}, {"user_agent", origin.user_agent}}});
}

/// A browser shows a cookie that is derived from the session, and is good at the pages alone (R10).
Tokens without_tokens(LiveSession session) {
  Tokens none;
  none.session = session.id;
  none.issued_at = session.created_at;
  none.account = std::move(session.account);
  return none;
}

}  // namespace

Tokens open_session(Transaction& tx, Services& services, Admitted admitted, const Origin& origin) {
  const bool is_first = admitted.is_first;
  const std::string method = admitted.method;
  auto session = insert_session(tx, services, std::move(admitted), origin);
  const bool is_new = remember_network(tx, services, session.account.id, origin);
  if (is_new && !is_first) tell_new_network(tx, services, session.account.id, origin);
  record(tx, services,
         {.event = AuditEvent::LoginSucceeded,
          .account = session.account.id,
          .actor = session.account.id,
          .subject = session.id.text(),
          .detail = method},
         origin);
  if (session.kind == SessionKind::Browser) return without_tokens(std::move(session));
  return make_tokens(services, std::move(session));
}

void note_login(Transaction& tx, AccountId account, Instant now) {
  tx.run(kNoteLogin, {account, now});
}

}  // namespace postern::domain

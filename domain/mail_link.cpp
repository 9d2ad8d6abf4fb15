#include "domain/mail_link.hpp"

#include <vector>

#include "domain/mail_link_rows.hpp"
#include "domain/mail_link_text.hpp"
#include "domain/network.hpp"
#include "domain/ring_hashes.hpp"

namespace postern::domain {
namespace {

/// Everything here locks the account before its links, so that nobody waits for each other.
constexpr Statement kLockLinkOwner{"lock_link_owner", R"sql(
  select id from postern.account where id = $1 for update)sql"};

constexpr Statement kDropMailLinks{"drop_mail_links", R"sql(
  delete from postern.mail_link where account_id = $1 and purpose = $2)sql"};

constexpr Statement kInsertMailLink{"insert_mail_link", R"sql(
  insert into postern.mail_link
    (id, account_id, purpose, token_hash, hash_key_id, email, created_at, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8))sql"};

constexpr Statement kFindMailLink{"find_mail_link", R"sql(
  select id, account_id, email
  from postern.mail_link
  where token_hash in (select decode(h, 'hex') from unnest($1::text[]) as h)
    and purpose = $2 and expires_at > $3)sql"};

constexpr Statement kUseUpMailLink{"use_up_mail_link", R"sql(
  delete from postern.mail_link where id = $1 and expires_at > $2)sql"};

seconds lifetime_of(const MailSettings& settings, LinkPurpose purpose) {
  return purpose == LinkPurpose::ResetPassword ? settings.reset_lifetime : settings.verify_lifetime;
}

}  // namespace

Secret make_mail_link(Transaction& tx, Services& services, AccountId account, LinkPurpose purpose,
                      std::string_view email) {
  const Secret token = make_mail_link_text(services.random);
  const Instant now = services.clock.now();
  const std::uint8_t key = services.ring.current_id();
  tx.run(kLockLinkOwner, {account});
  drop_mail_links(tx, account, purpose);
  tx.run(kInsertMailLink,
         {Uuid::v7(now, services.random), account, static_cast<int>(purpose),
          services.ring.mac(KeyPurpose::MailLinkHash, key, as_bytes(token.reveal())), key, email,
          now, now + lifetime_of(services.settings.mail, purpose)});
  return token;
}

void drop_mail_links(Transaction& tx, AccountId account, LinkPurpose purpose) {
  tx.run(kDropMailLinks, {account, static_cast<int>(purpose)});
}

Result<MailLink> find_mail_link(Executor& executor, Services& services, const Secret& token,
                                LinkPurpose purpose) {
  if (!is_mail_link_text(token.reveal())) return Errc::LinkInvalid;
  const Rows found = executor.run(
      kFindMailLink, {ring_hashes(services.ring, KeyPurpose::MailLinkHash, token.reveal()),
                      static_cast<int>(purpose), services.clock.now()});
  if (found.empty()) return Errc::LinkInvalid;
  return MailLink{found.front().uuid(0), AccountId{found.front().uuid(1)}, found.front().text(2)};
}

Outcome use_up_mail_link(Transaction& tx, Services& services, const MailLink& link) {
  if (tx.run(kUseUpMailLink, {link.id, services.clock.now()}).affected != 1)
    return Errc::LinkInvalid;
  return done;
}

Outcome charge_mail(Services& services, const std::string& name, std::uint32_t limit) {
  const Charge counted = services.limiter.charge(
      name, {limit, services.settings.login_limit.window}, services.clock.uptime());
  if (!counted.allowed) return Error{Errc::TooManyAttempts, {}, {}, counted.retry_after};
  return done;
}

Outcome charge_mail_network(Services& services, const std::string& area, const Origin& origin) {
  return charge_mail(services, area + ":" + network_of(origin.address),
                     services.settings.login_limit.per_network);
}

}  // namespace postern::domain

#include "domain/invite.hpp"

#include <algorithm>

#include "domain/account_rows.hpp"
#include "domain/audit.hpp"
#include "domain/mail.hpp"
#include "domain/ring_hashes.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr std::string_view kPrefix = "inv_";
constexpr std::size_t kRandomLength = 26;
constexpr std::size_t kShownPrefix = 8;
constexpr std::int64_t kMostUses = 10'000;
constexpr days kLongestLifetime{365};

/// Of an invitation `i`, as read_invite expects them.
#define POSTERN_INVITE_COLUMNS                                      \
  "i.id, i.code_prefix, i.role, i.max_uses, i.uses, i.created_by, " \
  "postern.micros(i.created_at), postern.micros(i.expires_at), postern.micros(i.revoked_at)"

constexpr Statement kInsertInvite{"insert_invite", R"sql(
  insert into postern.invite as i
    (id, code_hash, hash_key_id, code_prefix, role, max_uses, created_by, created_at, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  returning )sql" POSTERN_INVITE_COLUMNS};

constexpr Statement kListInvites{"list_invites", R"sql(
  select )sql" POSTERN_INVITE_COLUMNS R"sql(
  from postern.invite i
  where ($1::uuid is null or i.id < $1)
  order by i.id desc
  limit $2)sql"};

constexpr Statement kRevokeInvite{"revoke_invite", R"sql(
  update postern.invite
  set revoked_at = $2
  where id = $1 and revoked_at is null and expires_at > $2 and uses < max_uses)sql"};

/// $1 the code's hashes, one for each master key, as hexadecimal.
constexpr Statement kUseInvite{"use_invite", R"sql(
  update postern.invite
  set uses = uses + 1
  where code_hash = any (array(select decode(h, 'hex') from unnest($1::text[]) as h))
    and revoked_at is null and expires_at > $2 and uses < max_uses
  returning id, role)sql"};

/// What the actor's role lacks of what the role $1 gives.
constexpr Statement kBeyondActor{"beyond_actor", R"sql(
  select exists (
    select unnest(wanted.permissions) from postern.role wanted where wanted.name = $1
    except
    select unnest(r.permissions)
    from postern.account a join postern.role r on r.name = a.role
    where a.id = $2))sql"};

Invite read_invite(const Row& row) {
  Invite invite;
  invite.id = InviteId{row.uuid(0)};
  invite.code_prefix = row.text(1);
  invite.role = row.text(2);
  invite.max_uses = row.integer(3);
  invite.uses = row.integer(4);
  if (!row.is_null(5)) invite.created_by = AccountId{row.uuid(5)};
  invite.created_at = row.instant(6);
  invite.expires_at = row.instant(7);
  invite.revoked_at = row.instant_or_null(8);
  return invite;
}

Secret make_code(Random& random) {
  std::string code(kPrefix);
  code += random_base62(random, kRandomLength);
  code += checksum6(code);
  return Secret(std::move(code));
}

Digest hash_code(const KeyRing& ring, std::uint8_t key_id, std::string_view code) {
  return ring.mac(KeyPurpose::InviteHash, key_id, as_bytes(code));
}

Outcome check_form(const NewInvite& wanted) {
  const auto out_of_range = [](const char* field) {
    return Error{Errc::InvalidInput, field, "out_of_range"};
  };
  if (wanted.max_uses < 1 || wanted.max_uses > kMostUses) return out_of_range("max_uses");
  if (wanted.lifetime < days(1) || wanted.lifetime > kLongestLifetime)
    return out_of_range("expires_in_days");
  if (wanted.email) return check_email(*wanted.email);
  return done;
}

/// Nobody gives away more than he has. The command line has everything.
Outcome check_power(Transaction& tx, const NewInvite& wanted, std::optional<AccountId> actor) {
  const Outcome role = check_role(tx, wanted.role);
  if (!role || !actor) return role;
  if (tx.run(kBeyondActor, {wanted.role, *actor}).front().boolean(0)) return Errc::NotPermitted;
  return done;
}

Invite insert(Transaction& tx, Services& services, const NewInvite& wanted,
              std::optional<AccountId> actor, const Secret& code) {
  const Instant now = services.clock.now();
  const auto key_id = services.ring.current_id();
  const Rows rows = tx.run(kInsertInvite, {InviteId::make(now, services.random),
                                           hash_code(services.ring, key_id, code.reveal()), key_id,
                                           code.reveal().substr(0, kShownPrefix), wanted.role,
                                           wanted.max_uses, actor, now, now + wanted.lifetime});
  return read_invite(rows.front());
}

void send(Transaction& tx, Services& services, const std::string& email, const Invite& invite,
          const Secret& code) {
  Letter letter;
  letter.kind = MailKind::Invitation;
  letter.address = email;
  letter.values = {{"code", std::string(code.reveal())}, {"role", invite.role}};
  queue_letter(tx, services, letter);
}

}  // namespace

Invite::Status Invite::status(Instant now) const {
  if (revoked_at) return Status::Revoked;
  if (uses >= max_uses) return Status::UsedUp;
  return expires_at <= now ? Status::Expired : Status::Active;
}

std::string_view name_of(Invite::Status status) {
  switch (status) {
    case Invite::Status::Active:
      return "active";
    case Invite::Status::UsedUp:
      return "used_up";
    case Invite::Status::Expired:
      return "expired";
    case Invite::Status::Revoked:
      return "revoked";
  }
  return "unknown";
}

Result<IssuedInvite> create_invite(Services& services, const NewInvite& wanted,
                                   std::optional<AccountId> actor, const Origin& origin) {
  const Outcome form = check_form(wanted);
  if (!form) return form.error();
  const Secret code = make_code(services.random);
  return services.database.transaction([&](Transaction& tx) -> Result<IssuedInvite> {
    const Outcome allowed = check_power(tx, wanted, actor);
    if (!allowed) return allowed.error();
    const Invite invite = insert(tx, services, wanted, actor, code);
    if (wanted.email) send(tx, services, *wanted.email, invite, code);
    record(tx, services,
           {AuditEvent::InviteCreated, {}, actor, invite.id.text(), "role " + invite.role}, origin);
    return IssuedInvite{invite, code};
  });
}

Result<Page<Invite>> list_invites(Services& services, const PageRequest& page) {
  const auto after = page_after_uuid(page);
  if (!after) return after.error();
  std::vector<Invite> invites;
  for (const Row& row : services.database.run(kListInvites, {*after, page.limit + 1}))
    invites.push_back(read_invite(row));
  return make_page(std::move(invites), page, [](const Invite& last) { return last.id.uuid; });
}

Outcome revoke_invite(Services& services, InviteId id, std::optional<AccountId> actor,
                      const Origin& origin) {
  return services.database.transaction([&](Transaction& tx) -> Outcome {
    if (tx.run(kRevokeInvite, {id, services.clock.now()}).affected != 1) return Errc::NotFound;
    record(tx, services, {AuditEvent::InviteRevoked, {}, actor, id.text(), {}}, origin);
    return done;
  });
}

Result<UsedInvite> use_invite(Transaction& tx, Services& services, const Secret& code) {
  const auto hashes = ring_hashes(services.ring, KeyPurpose::InviteHash, code.reveal());
  const Rows rows = tx.run(kUseInvite, {hashes, services.clock.now()});
  if (rows.size() != 1) return Errc::InviteInvalid;
  return UsedInvite{InviteId{rows.front().uuid(0)}, rows.front().text(1)};
}

}  // namespace postern::domain

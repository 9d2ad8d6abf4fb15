-- The first schema: accounts, roles, sessions, API keys, signing keys, limits, audit.
-- Nothing in here decides validity by the database's clock: the program passes the time.

create schema if not exists postern;
comment on schema postern is 'Everything of Postern. Owned by the migrating role; the workers'' role only reads and writes rows.';

create function postern.micros(t timestamptz) returns bigint
  language sql immutable strict parallel safe
  as $$ select (extract(epoch from t) * 1000000)::bigint $$;
comment on function postern.micros is 'A time as microseconds since 1970, the form in which the program reads it.';

create table postern.permission (
  name        text primary key check (name ~ '^[a-z][a-z0-9_.-]{0,63}$'),
  number      bigint generated always as identity unique,
  description text not null
);
comment on table postern.permission is 'The permissions that roles and keys can hold.';
comment on column postern.permission.name is 'Plain or dotted name, as the policy writes it.';
comment on column postern.permission.number is 'Integer id for dialects that need one.';
comment on column postern.permission.description is 'One line for people.';

create table postern.role (
  name        text primary key check (name ~ '^[a-z][a-z0-9_-]{0,63}$'),
  permissions text[] not null default '{}',
  description text not null
);
comment on table postern.role is 'Roles; each account has one.';
comment on column postern.role.name is 'The word used everywhere.';
comment on column postern.role.permissions is 'Names in postern.permission that the role gives, sorted.';
comment on column postern.role.description is 'One line for people.';

insert into postern.permission (name, description) values
  ('admin', 'Administer accounts, keys and settings');
insert into postern.role (name, permissions, description) values
  ('admin', '{admin}', 'Administers the installation'),
  ('member', '{}', 'An ordinary signed-in person'),
  ('streamer', '{}', 'Signed in, without access to the management interface');

create table postern.account (
  id            uuid primary key,
  number        bigint generated always as identity unique,
  username      text not null check (length(username) between 1 and 150),
  username_key  text not null unique,
  email         text check (length(email) between 3 and 254),
  email_key     text unique,
  password_hash text not null default '',
  role          text not null references postern.role (name),
  is_active     boolean not null default true,
  is_approved   boolean not null default true,
  is_bot        boolean not null default false,
  created_at    timestamptz not null,
  last_login_at timestamptz,
  check ((email is null) = (email_key is null))
) with (fillfactor = 85);
create index account_role on postern.account (role);
comment on table postern.account is 'People and bots.';
comment on column postern.account.id is 'UUIDv7, never used again after deletion.';
comment on column postern.account.number is 'Integer id for dialects that need one; never used again.';
comment on column postern.account.username is 'As its owner writes it.';
comment on column postern.account.username_key is 'Lower case: what is unique and looked up.';
comment on column postern.account.email is 'As its owner writes it; null when there is none.';
comment on column postern.account.email_key is 'Lower case: what is unique and looked up.';
comment on column postern.account.password_hash is 'Argon2id as a PHC string; empty when it cannot log in by password.';
comment on column postern.account.role is 'What it may do.';
comment on column postern.account.is_active is 'False: disabled by an administrator.';
comment on column postern.account.is_approved is 'False: registered, waiting for an administrator.';
comment on column postern.account.is_bot is 'Not a person.';
comment on column postern.account.created_at is 'When it was made.';
comment on column postern.account.last_login_at is 'Last password login.';

create table postern.session (
  id              uuid primary key,
  account_id      uuid not null references postern.account (id) on delete cascade,
  kind            smallint not null,
  counter         bigint not null default 0,
  created_at      timestamptz not null,
  rotated_at      timestamptz not null,
  idle_expires_at timestamptz not null,
  expires_at      timestamptz not null,
  address         text not null,
  user_agent      text not null
) with (fillfactor = 70);
create index session_account on postern.session (account_id);
create index session_expiry on postern.session (expires_at);
comment on table postern.session is 'One row a login. Refresh tokens are derived from id and counter and stored nowhere; ending a session deletes its row.';
comment on column postern.session.id is 'UUIDv7; part of the tokens, not a secret.';
comment on column postern.session.account_id is 'Whose login.';
comment on column postern.session.kind is 'Which front door made it (domain/settings.hpp, SessionKind).';
comment on column postern.session.counter is 'Number of the one refresh token that is current.';
comment on column postern.session.created_at is 'The login.';
comment on column postern.session.rotated_at is 'The last rotation, or the login.';
comment on column postern.session.idle_expires_at is 'End, unless rotated before. Not indexed, so that a rotation stays a heap-only update.';
comment on column postern.session.expires_at is 'End, whatever happens.';
comment on column postern.session.address is 'Where the login came from.';
comment on column postern.session.user_agent is 'What the login said it was; untrusted.';

create table postern.api_key (
  id           uuid primary key,
  number       bigint generated always as identity unique,
  account_id   uuid not null references postern.account (id) on delete cascade,
  kind         smallint not null,
  name         text not null check (length(name) between 1 and 100),
  lookup_id    text not null unique,
  key_prefix   text not null,
  secret_hash  bytea not null,
  hash_key_id  smallint not null,
  permissions  text[],
  sealed_copy  bytea,
  created_at   timestamptz not null,
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz,
  revoked_why  text,
  check ((revoked_at is null) = (revoked_why is null)),
  check (sealed_copy is null or revoked_at is null)
) with (fillfactor = 85);
create unique index one_personal_key on postern.api_key (account_id) where kind = 2 and revoked_at is null;
create index api_key_tombstone on postern.api_key (revoked_at) where revoked_at is not null;
create index api_key_account on postern.api_key (account_id, created_at);
comment on table postern.api_key is 'API keys, revoked ones included: a tombstone tells revoked from unknown.';
comment on column postern.api_key.id is 'UUIDv7.';
comment on column postern.api_key.number is 'Integer id for dialects that need one.';
comment on column postern.api_key.account_id is 'The owner.';
comment on column postern.api_key.kind is '1 named, 2 personal: at most one live per account (rule R4).';
comment on column postern.api_key.name is 'The owner''s word for it.';
comment on column postern.api_key.lookup_id is 'The public part of the key, by which it is found.';
comment on column postern.api_key.key_prefix is 'First 12 characters, to recognise it by.';
comment on column postern.api_key.secret_hash is 'HMAC-SHA-256 of the secret part, keyed from outside the database (rule R5).';
comment on column postern.api_key.hash_key_id is 'Which master key the hash was made under.';
comment on column postern.api_key.permissions is 'Own permissions; null for all of the role. Effective: intersected with the role''s.';
comment on column postern.api_key.sealed_copy is 'The key encrypted under the master key, only where read-back is switched on; gone on revocation.';
comment on column postern.api_key.created_at is 'When it was issued.';
comment on column postern.api_key.expires_at is 'End; null for none.';
comment on column postern.api_key.last_used_at is 'Last use, to the minute.';
comment on column postern.api_key.revoked_at is 'When it was revoked; null while it lives.';
comment on column postern.api_key.revoked_why is 'revoked, replaced, rotated, password_changed.';

create table postern.signing_key (
  kid         text primary key,
  public_x    text not null,
  public_y    text not null,
  sealed_key  bytea not null,
  created_at  timestamptz not null,
  sign_after  timestamptz not null,
  verify_until timestamptz
);
comment on table postern.signing_key is 'ES256 keys of the access tokens.';
comment on column postern.signing_key.kid is 'Key id in the token''s header.';
comment on column postern.signing_key.public_x is 'P-256 x, base64url.';
comment on column postern.signing_key.public_y is 'P-256 y, base64url.';
comment on column postern.signing_key.sealed_key is 'Private key (PKCS#8 DER) encrypted under the master key.';
comment on column postern.signing_key.created_at is 'When it was made, and published from.';
comment on column postern.signing_key.sign_after is 'The newest key past this time signs.';
comment on column postern.signing_key.verify_until is 'Not accepted from then on; null while in use.';

create table postern.rate_limit (
  name       bytea primary key,
  hits       timestamptz[] not null,
  expires_at timestamptz not null
) with (fillfactor = 70);
create index rate_limit_expiry on postern.rate_limit (expires_at);
comment on table postern.rate_limit is 'Sliding windows of attempts; they survive restarts.';
comment on column postern.rate_limit.name is 'Keyed hash of what is limited: no name or address in clear.';
comment on column postern.rate_limit.hits is 'Times within the window, oldest first, never more than the limit.';
comment on column postern.rate_limit.expires_at is 'The row says nothing any more from then on.';

create table postern.known_network (
  account_id uuid not null references postern.account (id) on delete cascade,
  network    bytea not null,
  seen_at    timestamptz not null,
  primary key (account_id, network)
);
create index known_network_seen on postern.known_network (seen_at);
comment on table postern.known_network is 'Networks an account has logged in from: attempts from there have a limit of their own, so that strangers cannot lock the owner out.';
comment on column postern.known_network.account_id is 'Whose.';
comment on column postern.known_network.network is 'Keyed hash of the network.';
comment on column postern.known_network.seen_at is 'Last successful login from there.';

create table postern.audit (
  id         uuid primary key,
  at         timestamptz not null,
  event      text not null,
  account_id uuid,
  actor_id   uuid,
  subject    text not null,
  detail     text not null,
  address    text not null,
  request_id text not null
);
create index audit_at on postern.audit (at);
create index audit_account on postern.audit (account_id, id);
comment on table postern.audit is 'What happened, append-only; swept after the configured retention. Account ids stay after the account is deleted.';
comment on column postern.audit.id is 'UUIDv7: its order is the order of time.';
comment on column postern.audit.at is 'When.';
comment on column postern.audit.event is 'What: domain/audit.hpp.';
comment on column postern.audit.account_id is 'Whom it is about.';
comment on column postern.audit.actor_id is 'Who did it.';
comment on column postern.audit.subject is 'Id of the key or session concerned.';
comment on column postern.audit.detail is 'A short word more; never a secret.';
comment on column postern.audit.address is 'Client address.';
comment on column postern.audit.request_id is 'To find it in the log.';

create table postern.dialect_profile (
  account_id uuid not null references postern.account (id) on delete cascade,
  dialect    text not null,
  attributes jsonb not null,
  primary key (account_id, dialect)
);
comment on table postern.dialect_profile is 'What one dialect keeps about an account beyond the account.';
comment on column postern.dialect_profile.account_id is 'About whom.';
comment on column postern.dialect_profile.dialect is 'Whose attributes: dispatcharr, …';
comment on column postern.dialect_profile.attributes is 'As that dialect validated them; bounded by it.';

create table postern.dialect_group (
  number      bigint generated always as identity primary key,
  dialect     text not null,
  name        text not null check (length(name) between 1 and 150),
  permissions bigint[] not null default '{}',
  unique (dialect, name)
);
comment on table postern.dialect_group is 'Named groups of permissions that a dialect lets administrators keep.';
comment on column postern.dialect_group.number is 'Integer id.';
comment on column postern.dialect_group.dialect is 'Whose.';
comment on column postern.dialect_group.name is 'Unique within the dialect.';
comment on column postern.dialect_group.permissions is 'Numbers in postern.permission.';

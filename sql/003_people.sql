-- What people expect of accounts: roles that a site shapes, invitations, second factors, mail,
-- sign-in at a provider, keys with styles and restrictions. Attempts are no longer counted in the
-- database: the limiter keeps them in memory which a machine's processes share.

drop table postern.rate_limit;

-- Roles and permissions --------------------------------------------------------------------------

alter table postern.role add column built_in boolean not null default false;
comment on column postern.role.built_in is 'Came with Postern; its permissions can be changed, it cannot be deleted.';
update postern.role set built_in = true where name in ('admin', 'member', 'streamer');

insert into postern.permission (name, description) values
  ('read', 'Read what is not public'),
  ('submit', 'Submit contributions'),
  ('moderate', 'Review the contributions of others'),
  ('keys.create', 'Create API keys that act for an agency'),
  ('posts.read', 'Read posts'),
  ('posts.compose', 'Write posts'),
  ('clients.manage', 'Manage clients'),
  ('accounts.connect', 'Connect accounts')
on conflict (name) do nothing;

insert into postern.role (name, permissions, description, built_in) values
  ('contributor', '{read,submit}', 'Submits, and manages the own account', true),
  ('moderator', '{moderate,read,submit}', 'Reviews what others submit', true),
  ('manager', '{accounts.connect,clients.manage,keys.create,posts.compose,posts.read}', 'Runs an agency''s daily work', true),
  ('owner', '{accounts.connect,clients.manage,keys.create,posts.compose,posts.read}', 'Owns an agency', true)
on conflict (name) do nothing;

-- Whoever administers can do all that there was to do so far, and all that came now.
update postern.role
set permissions = array(
  select distinct p collate "C"
  from unnest(permissions || array['read', 'submit', 'moderate', 'keys.create', 'posts.read',
                                   'posts.compose', 'clients.manage', 'accounts.connect']) as p
  order by 1)
where name = 'admin' and 'admin' = any (permissions);

-- Nobody's powers grow by an upgrade: an ordinary member gets these where there is none yet.
update postern.role set permissions = '{posts.compose,posts.read}'
where name = 'member' and permissions = '{}' and not exists (select from postern.account);

-- Accounts ---------------------------------------------------------------------------------------

alter table postern.account
  add column email_verified boolean not null default false,
  add column pending_email text check (length(pending_email) between 3 and 254),
  add column approve_when_verified boolean not null default false,
  add column totp_enabled boolean not null default false,
  add column password_needs_mfa boolean not null default false;
comment on column postern.account.email_verified is 'Its owner has shown to receive mail there.';
comment on column postern.account.pending_email is 'An address that its owner has not confirmed yet. Not unique and no name to log in with: it becomes the address when confirmed, if it is free then.';
comment on column postern.account.approve_when_verified is 'Registered, waits for the confirmation of its address and for nobody else.';
comment on column postern.account.totp_enabled is 'A password alone does not log in (postern.totp).';
comment on column postern.account.password_needs_mfa is 'The password is shorter than one that stands alone may be.';

create index account_unconfirmed on postern.account (created_at)
  where approve_when_verified and not is_approved;

create table postern.invite (
  id          uuid primary key,
  code_hash   bytea not null unique,
  hash_key_id smallint not null,
  code_prefix text not null,
  role        text not null references postern.role (name),
  max_uses    integer not null check (max_uses between 1 and 10000),
  uses        integer not null default 0,
  created_by  uuid references postern.account (id) on delete set null,
  created_at  timestamptz not null,
  expires_at  timestamptz not null,
  revoked_at  timestamptz,
  check (uses between 0 and max_uses)
);
create index invite_expiry on postern.invite (expires_at);
create index invite_role on postern.invite (role);
create index invite_created_by on postern.invite (created_by);
comment on table postern.invite is 'Invitations to register.';
comment on column postern.invite.id is 'UUIDv7.';
comment on column postern.invite.code_hash is 'HMAC-SHA-256 of the code, keyed from outside the database (rule R5).';
comment on column postern.invite.hash_key_id is 'Which master key the hash was made under.';
comment on column postern.invite.code_prefix is 'Its first characters, to recognise it by.';
comment on column postern.invite.role is 'The role of who registers with it.';
comment on column postern.invite.max_uses is 'How many may.';
comment on column postern.invite.uses is 'How many did; counted in the transaction that makes the account.';
comment on column postern.invite.created_by is 'The administrator; null for the command line, or gone.';
comment on column postern.invite.created_at is 'When it was made.';
comment on column postern.invite.expires_at is 'Good until then.';
comment on column postern.invite.revoked_at is 'Taken back then.';

-- Second factors ---------------------------------------------------------------------------------

create table postern.totp (
  account_id    uuid primary key references postern.account (id) on delete cascade,
  sealed_secret bytea not null,
  created_at    timestamptz not null,
  confirmed_at  timestamptz,
  last_step     bigint not null default 0
);
comment on table postern.totp is 'Time-based one-time passwords (RFC 6238): one a account.';
comment on column postern.totp.account_id is 'Whose.';
comment on column postern.totp.sealed_secret is 'The shared secret, encrypted under the master key (rule R5).';
comment on column postern.totp.created_at is 'When the secret was made.';
comment on column postern.totp.confirmed_at is 'When its owner first showed a right code; null: not in force.';
comment on column postern.totp.last_step is 'The time step of the last code that was taken: none up to it is taken again.';

create table postern.recovery_code (
  account_id  uuid not null references postern.account (id) on delete cascade,
  code_hash   bytea not null,
  hash_key_id smallint not null,
  used_at     timestamptz,
  primary key (account_id, code_hash)
);
comment on table postern.recovery_code is 'Codes that stand in for a lost second factor, each once.';
comment on column postern.recovery_code.account_id is 'Whose.';
comment on column postern.recovery_code.code_hash is 'HMAC-SHA-256 of the code, keyed from outside the database (rule R5).';
comment on column postern.recovery_code.hash_key_id is 'Which master key the hash was made under.';
comment on column postern.recovery_code.used_at is 'When it was used; null while it is good.';

-- Mail -------------------------------------------------------------------------------------------

create table postern.mail_link (
  id          uuid primary key,
  account_id  uuid not null references postern.account (id) on delete cascade,
  purpose     smallint not null,
  token_hash  bytea not null unique,
  hash_key_id smallint not null,
  email       text not null,
  created_at  timestamptz not null,
  expires_at  timestamptz not null
);
create index mail_link_account on postern.mail_link (account_id, purpose);
create index mail_link_expiry on postern.mail_link (expires_at);
comment on table postern.mail_link is 'Secrets that went out by mail and prove that it was received. Used up: deleted.';
comment on column postern.mail_link.id is 'UUIDv7.';
comment on column postern.mail_link.account_id is 'Whose.';
comment on column postern.mail_link.purpose is '1 confirms an address, 2 sets a new password.';
comment on column postern.mail_link.token_hash is 'HMAC-SHA-256 of the secret, keyed from outside the database (rule R5).';
comment on column postern.mail_link.hash_key_id is 'Which master key the hash was made under.';
comment on column postern.mail_link.email is 'Where it was sent.';
comment on column postern.mail_link.created_at is 'When it was made.';
comment on column postern.mail_link.expires_at is 'Good until then.';

create table postern.mail (
  id         uuid primary key,
  created_at timestamptz not null,
  due_at     timestamptz not null,
  attempts   integer not null default 0,
  kind       smallint not null,
  account_id uuid references postern.account (id) on delete cascade,
  sealed     bytea not null,
  last_error text not null default ''
);
create index mail_due on postern.mail (due_at);
create index mail_account on postern.mail (account_id);
comment on table postern.mail is 'Letters that wait to be sent; deleted when they are sent or given up.';
comment on column postern.mail.id is 'UUIDv7; part of the Message-ID.';
comment on column postern.mail.created_at is 'When it was asked for.';
comment on column postern.mail.due_at is 'Not tried before; moved into the future while somebody is at it and after each failure.';
comment on column postern.mail.attempts is 'How often it was tried.';
comment on column postern.mail.kind is 'What it says (domain/mail.hpp, MailKind).';
comment on column postern.mail.account_id is 'About whom; null where only an address is known.';
comment on column postern.mail.sealed is 'Address and particulars, encrypted under the master key.';
comment on column postern.mail.last_error is 'What the server said last; no secret.';

-- Sign-in at a provider --------------------------------------------------------------------------

create table postern.external_identity (
  provider      text not null,
  subject       text not null check (length(subject) between 1 and 255),
  account_id    uuid not null references postern.account (id) on delete cascade,
  created_at    timestamptz not null,
  last_login_at timestamptz not null,
  primary key (provider, subject)
);
create index external_identity_account on postern.external_identity (account_id);
comment on table postern.external_identity is 'Who an account is at a provider of identities (OpenID Connect).';
comment on column postern.external_identity.provider is 'The issuer (iss); for Microsoft that of the tenant.';
comment on column postern.external_identity.subject is 'The provider''s lasting id of the person (sub).';
comment on column postern.external_identity.account_id is 'Who that is here.';
comment on column postern.external_identity.created_at is 'When they were linked.';
comment on column postern.external_identity.last_login_at is 'Last sign-in by it.';

create table postern.sso_attempt (
  state_hash bytea primary key,
  provider   text not null,
  sealed     bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index sso_attempt_expiry on postern.sso_attempt (expires_at);
comment on table postern.sso_attempt is 'Sign-ins that are on their way to a provider and back. Taken up: deleted, so that a state is good once.';
comment on column postern.sso_attempt.state_hash is 'Hash of the state that comes back with the browser.';
comment on column postern.sso_attempt.provider is 'Which provider (configuration).';
comment on column postern.sso_attempt.sealed is 'Nonce, PKCE verifier and where to go on, encrypted under the master key.';
comment on column postern.sso_attempt.created_at is 'When it began.';
comment on column postern.sso_attempt.expires_at is 'Good until then.';

-- Keys -------------------------------------------------------------------------------------------

alter table postern.api_key
  add column dialect text not null default 'native',
  add column type text not null default '',
  add column cidrs text[] not null default '{}',
  add column paths text[] not null default '{}',
  add column requests_per_minute integer check (requests_per_minute between 1 and 100000);
comment on column postern.api_key.dialect is 'Whose style it has: its prefix, its rules, and besides the native API where it is taken.';
comment on column postern.api_key.type is 'The word that a dialect gives its keys: live, batch, …';
comment on column postern.api_key.cidrs is 'Networks it may be used from; none for any.';
comment on column postern.api_key.paths is 'Paths it may be used for, as the gate''s rules write them; none for any.';
comment on column postern.api_key.requests_per_minute is 'How often it may be used; null for no limit of its own.';

-- What studios' clients expect of accounts (the Kitsu dialect): one token for a bot or for a
-- person's own scripts, one-time codes by mail and WebAuthn beside TOTP, roles by their words.

-- Roles ------------------------------------------------------------------------------------------

-- They open nothing by themselves: rules that name them do, and permissions that a site gives them.
insert into postern.role (name, permissions, description, built_in) values
  ('user', '{}', 'Works on a production', true),
  ('supervisor', '{}', 'Supervises a department of a production', true),
  ('client', '{}', 'Reviews from outside, for a client', true),
  ('vendor', '{}', 'Works on a production from outside', true)
on conflict (name) do nothing;

-- Accounts ---------------------------------------------------------------------------------------

alter table postern.account
  add column email_otp_enabled boolean not null default false,
  add column webauthn_enabled boolean not null default false,
  add column preferred_factor text not null default ''
    check (preferred_factor in ('', 'totp', 'email_otp', 'webauthn'));
comment on column postern.account.email_otp_enabled is 'A code that goes out by mail is one of its second factors (postern.email_code).';
comment on column postern.account.webauthn_enabled is 'It has a WebAuthn credential as one of its second factors (postern.webauthn_credential).';
comment on column postern.account.preferred_factor is 'Which of its second factors its owner wants to be asked for first; empty for none.';

-- One-time codes by mail -------------------------------------------------------------------------

create table postern.email_code (
  account_id  uuid not null references postern.account (id) on delete cascade,
  purpose     smallint not null,
  code_hash   bytea not null,
  hash_key_id smallint not null,
  email       text not null,
  created_at  timestamptz not null,
  expires_at  timestamptz not null,
  primary key (account_id, purpose)
);
create index email_code_expiry on postern.email_code (expires_at);
comment on table postern.email_code is 'One-time codes that went out by mail: the last of each purpose. Used up: deleted.';
comment on column postern.email_code.account_id is 'Whose.';
comment on column postern.email_code.purpose is '1 puts this factor in force, 2 signs in or proves it again.';
comment on column postern.email_code.code_hash is 'HMAC-SHA-256 of the code, keyed from outside the database (rule R5).';
comment on column postern.email_code.hash_key_id is 'Which master key the hash was made under.';
comment on column postern.email_code.email is 'Where it was sent: of no use once the account has another address.';
comment on column postern.email_code.created_at is 'When it was made.';
comment on column postern.email_code.expires_at is 'Good until then.';

-- WebAuthn ---------------------------------------------------------------------------------------

create table postern.webauthn_credential (
  id            bytea primary key check (length(id) between 1 and 1023),
  account_id    uuid not null references postern.account (id) on delete cascade,
  name          text not null check (length(name) between 1 and 100),
  algorithm     integer not null,
  public_key    bytea not null,
  sign_count    bigint not null,
  created_at    timestamptz not null,
  last_used_at  timestamptz,
  unique (account_id, name)
);
comment on table postern.webauthn_credential is 'Public keys of security keys and the like (W3C Web Authentication).';
comment on column postern.webauthn_credential.id is 'The credential id, as the authenticator gave it.';
comment on column postern.webauthn_credential.account_id is 'Whose.';
comment on column postern.webauthn_credential.name is 'The owner''s word for it.';
comment on column postern.webauthn_credential.algorithm is 'COSE algorithm: -7 ES256, -8 EdDSA, -257 RS256.';
comment on column postern.webauthn_credential.public_key is 'As the program''s library writes it, for that algorithm.';
comment on column postern.webauthn_credential.sign_count is 'The authenticator''s counter at its last use: one that goes back tells of a copy.';
comment on column postern.webauthn_credential.created_at is 'When it was registered.';
comment on column postern.webauthn_credential.last_used_at is 'Its last use.';

create table postern.used_challenge (
  challenge_hash bytea primary key,
  expires_at     timestamptz not null
);
create index used_challenge_expiry on postern.used_challenge (expires_at);
comment on table postern.used_challenge is 'WebAuthn challenges that were answered, until they would have expired: each is good once. Challenges are derived, and stored only then.';
comment on column postern.used_challenge.challenge_hash is 'SHA-256 of the challenge.';
comment on column postern.used_challenge.expires_at is 'Refused by its age from then on.';

-- Tokens -----------------------------------------------------------------------------------------

create unique index one_token on postern.api_key (account_id) where kind = 3 and revoked_at is null;
comment on column postern.api_key.kind is '1 named; 2 personal and 3 token: at most one live per account each (rule R4).';

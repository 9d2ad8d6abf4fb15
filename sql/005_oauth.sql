-- OAuth 2.1 and OpenID Connect: clients, consents, grants and what leads to them. Nothing is stored
-- for an access token, and a grant is one row beside its session, however often it is refreshed.

-- Sessions ---------------------------------------------------------------------------------------

alter table postern.session add column methods text not null default '';
comment on column postern.session.methods is 'How whoever signed in was authenticated, for sessions of browsers: values of RFC 8176, a space between (pwd otp).';

alter table postern.signing_key
  add column alg text not null default 'ES256',
  add column public_n text,
  add column public_e text,
  alter column public_x drop not null,
  alter column public_y drop not null,
  add constraint signing_key_public check (
    alg = 'ES256' and num_nulls(public_x, public_y) = 0 and num_nonnulls(public_n, public_e) = 0
    or alg = 'RS256' and num_nulls(public_n, public_e) = 0 and num_nonnulls(public_x, public_y) = 0);
comment on table postern.signing_key is 'Keys that tokens are signed with.';
comment on column postern.signing_key.alg is 'JWS algorithm (RFC 7518): ES256, or RS256 for ID and logout tokens of clients that want it.';
comment on column postern.signing_key.public_x is 'ES256: P-256 x, base64url.';
comment on column postern.signing_key.public_y is 'ES256: P-256 y, base64url.';
comment on column postern.signing_key.public_n is 'RS256: modulus, base64url.';
comment on column postern.signing_key.public_e is 'RS256: exponent, base64url.';

-- Clients ----------------------------------------------------------------------------------------

create table postern.oauth_client (
  id                         uuid primary key,
  client_id                  text not null unique check (length(client_id) between 1 and 2048),
  origin                     smallint not null,
  name                       text not null check (length(name) <= 200),
  account_id                 uuid references postern.account (id) on delete cascade,
  auth_method                text not null,
  secret_hash                bytea,
  registration_hash          bytea,
  former_registration_hash   bytea,
  hash_key_id                smallint not null,
  redirect_uris              text[] not null,
  grant_types                text[] not null,
  scopes                     text[],
  is_native                  boolean not null default false,
  dpop_bound                 boolean not null default false,
  require_pushed             boolean not null default false,
  post_logout_redirect_uris  text[] not null default '{}',
  logout_uri                 text not null default '',
  id_token_alg               text not null default 'RS256',
  jwks                       text not null default '',
  jwks_uri                   text not null default '',
  fetched_until              timestamptz,
  metadata                   text not null default '{}',
  fingerprint                bytea not null,
  created_at                 timestamptz not null,
  last_used_at               timestamptz
) with (fillfactor = 85);
create index oauth_client_unused on postern.oauth_client (created_at) where last_used_at is null;
create index oauth_client_used on postern.oauth_client (last_used_at) where last_used_at is not null;
create index oauth_client_fingerprint on postern.oauth_client (fingerprint);
create index oauth_client_account on postern.oauth_client (account_id) where account_id is not null;
comment on table postern.oauth_client is 'Applications that may ask for tokens (RFC 6749 section 2).';
comment on column postern.oauth_client.id is 'UUIDv7, for our own tables.';
comment on column postern.oauth_client.client_id is 'What it calls itself: the same as a uuid''s text, or the https address of its metadata document.';
comment on column postern.oauth_client.origin is '1 registered itself (RFC 7591), 2 made by an administrator, 3 known by its metadata document.';
comment on column postern.oauth_client.name is 'client_name: untrusted text of its own.';
comment on column postern.oauth_client.account_id is 'Whom it is for client_credentials: their role bounds what it may. Null: it has no such grant.';
comment on column postern.oauth_client.auth_method is 'none, client_secret_basic, client_secret_post, private_key_jwt.';
comment on column postern.oauth_client.secret_hash is 'HMAC-SHA-256 of the secret, keyed from outside the database (rule R5); null for none.';
comment on column postern.oauth_client.registration_hash is 'The same of the registration access token (RFC 7592); null for none.';
comment on column postern.oauth_client.former_registration_hash is 'Of the one before, which stays good until the present one is first used, so that a lost answer locks nobody out.';
comment on column postern.oauth_client.hash_key_id is 'Which master key the hashes were made under.';
comment on column postern.oauth_client.redirect_uris is 'Where answers may go, to the letter.';
comment on column postern.oauth_client.grant_types is 'What it may ask the token endpoint for.';
comment on column postern.oauth_client.scopes is 'At most these; null for all that a resource has.';
comment on column postern.oauth_client.is_native is 'application_type native: a program on a person''s machine.';
comment on column postern.oauth_client.dpop_bound is 'Its access tokens are bound to a key always (RFC 9449 section 5.2).';
comment on column postern.oauth_client.require_pushed is 'It begins with pushed requests only (RFC 9126 section 6).';
comment on column postern.oauth_client.post_logout_redirect_uris is 'Where a browser may go on after signing out, to the letter.';
comment on column postern.oauth_client.logout_uri is 'backchannel_logout_uri; empty for none.';
comment on column postern.oauth_client.id_token_alg is 'What its ID and logout tokens are signed with: RS256 or ES256 (id_token_signed_response_alg).';
comment on column postern.oauth_client.jwks is 'Its public keys as JSON (RFC 7517), given or fetched; empty for none.';
comment on column postern.oauth_client.jwks_uri is 'Where they are fetched from; empty for nowhere.';
comment on column postern.oauth_client.fetched_until is 'What was fetched (the metadata document, the keys) is asked for again from then on.';
comment on column postern.oauth_client.metadata is 'The rest of its registered metadata as JSON, to be given back: bounded, untrusted.';
comment on column postern.oauth_client.fingerprint is 'SHA-256 of what was registered: equal ones are bounded.';
comment on column postern.oauth_client.created_at is 'When it was made.';
comment on column postern.oauth_client.last_used_at is 'The last code or token for it, to the hour; null: never.';

-- Consents and grants ----------------------------------------------------------------------------

create table postern.oauth_consent (
  id         uuid primary key,
  account_id uuid not null references postern.account (id) on delete cascade,
  client     uuid not null references postern.oauth_client (id),
  resource   text not null,
  scopes     text[] not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (account_id, client, resource)
);
create index oauth_consent_client on postern.oauth_consent (client);
comment on table postern.oauth_consent is 'What a person lets a client do. Withdrawn: deleted, with the grants that rest on it.';
comment on column postern.oauth_consent.id is 'UUIDv7.';
comment on column postern.oauth_consent.account_id is 'Whose.';
comment on column postern.oauth_consent.client is 'Which client.';
comment on column postern.oauth_consent.resource is 'Where (RFC 8707); several as one text, sorted, a space between.';
comment on column postern.oauth_consent.scopes is 'All that was consented so far, sorted.';
comment on column postern.oauth_consent.created_at is 'The first time.';
comment on column postern.oauth_consent.updated_at is 'The last time.';

create table postern.oauth_grant (
  session_id      uuid primary key references postern.session (id) on delete cascade,
  client          uuid not null references postern.oauth_client (id),
  consent_id      uuid references postern.oauth_consent (id),
  scopes          text[] not null,
  resources       text[] not null,
  dpop_jkt        text not null default '',
  browser_session uuid,
  signed_in_at    timestamptz not null,
  methods         text not null
);
create index oauth_grant_client on postern.oauth_grant (client);
create index oauth_grant_own on postern.oauth_grant (client) where consent_id is null;
create index oauth_grant_consent on postern.oauth_grant (consent_id);
create index oauth_grant_browser on postern.oauth_grant (browser_session) where browser_session is not null;
comment on table postern.oauth_grant is 'What a session of kind OAuth is good for. A session of that kind without such a row is good for nothing.';
comment on column postern.oauth_grant.session_id is 'The session, which holds the counter of its refresh tokens (rule R1).';
comment on column postern.oauth_grant.client is 'To whom.';
comment on column postern.oauth_grant.consent_id is 'What it rests on; null: the client acts for itself (client_credentials).';
comment on column postern.oauth_grant.scopes is 'Granted, sorted; what they are worth follows from the account''s role at each check.';
comment on column postern.oauth_grant.resources is 'Where its tokens may be shown (RFC 8707).';
comment on column postern.oauth_grant.dpop_jkt is 'Thumbprint of the key that its refresh tokens are bound to (public clients, RFC 9449 section 5); empty for none.';
comment on column postern.oauth_grant.browser_session is 'The session of the browser in which it was consented; signing out there ends grants without offline_access that asked for openid.';
comment on column postern.oauth_grant.signed_in_at is 'auth_time.';
comment on column postern.oauth_grant.methods is 'amr, a space between.';

-- One-time things --------------------------------------------------------------------------------

create table postern.oauth_code (
  code_hash       bytea primary key,
  hash_key_id     smallint not null,
  client          uuid not null references postern.oauth_client (id) on delete cascade,
  account_id      uuid not null references postern.account (id) on delete cascade,
  consent_id      uuid not null references postern.oauth_consent (id) on delete cascade,
  redirect_uri    text not null,
  challenge       text not null,
  scopes          text[] not null,
  resources       text[] not null,
  nonce           text not null default '',
  dpop_jkt        text not null default '',
  browser_session uuid,
  signed_in_at    timestamptz not null,
  methods         text not null,
  created_at      timestamptz not null,
  expires_at      timestamptz not null,
  wrong_tries     smallint not null default 0,
  session_id      uuid
);
create index oauth_code_expiry on postern.oauth_code (expires_at);
-- A day's codes are too many to be read whole for each client, consent or account that is swept.
create index oauth_code_client on postern.oauth_code (client);
create index oauth_code_consent on postern.oauth_code (consent_id);
create index oauth_code_account on postern.oauth_code (account_id);
comment on table postern.oauth_code is 'Authorization codes (RFC 6749 section 4.1): good once. A used one stays for a day, so that its second use is known for what it is.';
comment on column postern.oauth_code.code_hash is 'HMAC-SHA-256 of the code, keyed from outside the database (rule R5).';
comment on column postern.oauth_code.hash_key_id is 'Which master key the hash was made under.';
comment on column postern.oauth_code.client is 'For whom.';
comment on column postern.oauth_code.account_id is 'Who consented.';
comment on column postern.oauth_code.consent_id is 'To what.';
comment on column postern.oauth_code.redirect_uri is 'Where it was sent.';
comment on column postern.oauth_code.challenge is 'Keyed hash of its PKCE challenge (RFC 7636), in hexadecimal.';
comment on column postern.oauth_code.scopes is 'What was granted.';
comment on column postern.oauth_code.resources is 'Where.';
comment on column postern.oauth_code.nonce is 'For the ID token; empty for none.';
comment on column postern.oauth_code.dpop_jkt is 'Thumbprint of the key it is bound to; empty for none.';
comment on column postern.oauth_code.browser_session is 'In which browser.';
comment on column postern.oauth_code.signed_in_at is 'auth_time.';
comment on column postern.oauth_code.methods is 'amr, a space between.';
comment on column postern.oauth_code.created_at is 'When it was made.';
comment on column postern.oauth_code.expires_at is 'Good until then.';
comment on column postern.oauth_code.wrong_tries is 'Attempts with a wrong verifier: after the third it is good for nothing.';
comment on column postern.oauth_code.session_id is 'What it was exchanged for; null while it was not.';

create table postern.oauth_device (
  device_hash      bytea primary key,
  user_code_hash   bytea not null unique,
  hash_key_id      smallint not null,
  client           uuid not null references postern.oauth_client (id) on delete cascade,
  scopes           text[] not null,
  resources        text[] not null,
  address          text not null,
  created_at       timestamptz not null,
  expires_at       timestamptz not null,
  interval_seconds smallint not null,
  polled_at        timestamptz,
  decision         smallint not null default 0,
  account_id       uuid references postern.account (id) on delete cascade,
  consent_id       uuid references postern.oauth_consent (id) on delete cascade,
  browser_session  uuid,
  signed_in_at     timestamptz,
  methods          text not null default ''
) with (fillfactor = 70);
create index oauth_device_expiry on postern.oauth_device (expires_at);
comment on table postern.oauth_device is 'Devices that wait for somebody to let them in (RFC 8628). Done: deleted.';
comment on column postern.oauth_device.device_hash is 'HMAC-SHA-256 of the device code, keyed from outside the database (rule R5).';
comment on column postern.oauth_device.user_code_hash is 'The same of the code that a person types.';
comment on column postern.oauth_device.hash_key_id is 'Which master key the hashes were made under.';
comment on column postern.oauth_device.client is 'Who asks.';
comment on column postern.oauth_device.scopes is 'For what.';
comment on column postern.oauth_device.resources is 'Where.';
comment on column postern.oauth_device.address is 'Where the device asked from: shown to whoever decides.';
comment on column postern.oauth_device.created_at is 'When.';
comment on column postern.oauth_device.expires_at is 'Good until then.';
comment on column postern.oauth_device.interval_seconds is 'So far apart it has to ask; five more after each time that it asked too soon.';
comment on column postern.oauth_device.polled_at is 'When it asked last.';
comment on column postern.oauth_device.decision is '0 open, 1 let in, 2 refused.';
comment on column postern.oauth_device.account_id is 'Who decided.';
comment on column postern.oauth_device.consent_id is 'Which consent it rests on.';
comment on column postern.oauth_device.browser_session is 'In which browser.';
comment on column postern.oauth_device.signed_in_at is 'auth_time.';
comment on column postern.oauth_device.methods is 'amr, a space between.';

create table postern.oauth_pushed (
  uri_hash    bytea primary key,
  hash_key_id smallint not null,
  client      uuid not null references postern.oauth_client (id) on delete cascade,
  parameters  bytea not null,
  expires_at  timestamptz not null
);
create index oauth_pushed_expiry on postern.oauth_pushed (expires_at);
comment on table postern.oauth_pushed is 'Authorization requests that were pushed beforehand (RFC 9126): good once.';
comment on column postern.oauth_pushed.uri_hash is 'HMAC-SHA-256 of the request_uri''s secret part, keyed from outside the database (rule R5).';
comment on column postern.oauth_pushed.hash_key_id is 'Which master key the hash was made under.';
comment on column postern.oauth_pushed.client is 'Who pushed it: nobody else may use it.';
comment on column postern.oauth_pushed.parameters is 'As a URL-encoded form, sealed.';
comment on column postern.oauth_pushed.expires_at is 'Good until then.';

create table postern.used_token_id (
  id_hash    bytea primary key,
  expires_at timestamptz not null
);
create index used_token_id_expiry on postern.used_token_id (expires_at);
comment on table postern.used_token_id is 'The jti of client assertions (RFC 7523) that were shown: none is taken twice.';
comment on column postern.used_token_id.id_hash is 'SHA-256 of the client and the jti.';
comment on column postern.used_token_id.expires_at is 'The assertion itself is refused from then on.';

-- Back-channel logout ----------------------------------------------------------------------------

create table postern.oauth_logout (
  id         uuid primary key,
  client     uuid not null references postern.oauth_client (id) on delete cascade,
  account_id uuid not null,
  sid        uuid not null,
  created_at timestamptz not null,
  next_at    timestamptz not null,
  attempts   smallint not null default 0
);
create index oauth_logout_next on postern.oauth_logout (next_at);
comment on table postern.oauth_logout is 'Clients that are to be told that somebody signed out (OpenID Connect Back-Channel Logout). Told, or given up: deleted.';
comment on column postern.oauth_logout.id is 'UUIDv7.';
comment on column postern.oauth_logout.client is 'Whom to tell.';
comment on column postern.oauth_logout.account_id is 'Who signed out.';
comment on column postern.oauth_logout.sid is 'sid of the ID tokens: the session that ended.';
comment on column postern.oauth_logout.created_at is 'When.';
comment on column postern.oauth_logout.next_at is 'When to try (again).';
comment on column postern.oauth_logout.attempts is 'How often it was tried.';

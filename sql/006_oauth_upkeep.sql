-- What ending the grants of a much used client, an account or a browser looks for by a column.

create index oauth_device_client on postern.oauth_device (client);
create index oauth_device_account on postern.oauth_device (account_id) where account_id is not null;
create index oauth_device_consent on postern.oauth_device (consent_id) where consent_id is not null;
create index oauth_device_browser on postern.oauth_device (browser_session) where browser_session is not null;
create index oauth_pushed_client on postern.oauth_pushed (client);
create index oauth_logout_client on postern.oauth_logout (client);
create index oauth_logout_account on postern.oauth_logout (account_id);

-- Registering counts equal ones: those in use never are.
create index oauth_client_equal_unused on postern.oauth_client (fingerprint, created_at) where last_used_at is null;

alter table postern.oauth_client add column answers_changed_at timestamptz;
comment on column postern.oauth_client.answers_changed_at is 'When it last came to have another name or one more redirect_uri: people who consented before are asked again. Null: never.';

alter table postern.oauth_client add column keys_fetched_until timestamptz;
comment on column postern.oauth_client.keys_fetched_until is 'What was fetched from jwks_uri is asked for again from then on; null: it never was.';
comment on column postern.oauth_client.fetched_until is 'The metadata document is asked for again from then on.';

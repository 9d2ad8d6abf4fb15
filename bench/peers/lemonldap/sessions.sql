-- As the documentation of Apache::Session::Browseable::PgJSON has it.
create unlogged table sessions (
  id varchar(64) not null primary key,
  a_session jsonb
);
create index uid1 on sessions using btree ((a_session ->> '_whatToTrace'));
create index s1 on sessions ((a_session ->> '_session_kind'));
create index u1 on sessions ((cast(a_session ->> '_utime' as bigint)));
create index ip1 on sessions using btree ((a_session ->> 'ipAddr'));

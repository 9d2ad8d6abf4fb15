-- What remembered checks need. How machines tell each other what was revoked: a clock that every
-- revoking transaction advances as its last act, and a journal of what it revoked, for those that
-- cannot LISTEN. And a cheaper way to read times.

-- STABLE, as extract() is for times with a zone, and not STRICT: what is declared more than its body
-- is cannot be inlined, and calling it costs more than all the rest of a short statement.
create or replace function postern.micros(t timestamptz) returns bigint
  language sql stable parallel safe
  as $$ select (extract(epoch from t) * 1000000)::bigint $$;

create table postern.revocation_clock (
  only_row boolean primary key default true check (only_row),
  n        bigint not null
) with (fillfactor = 10);
comment on table postern.revocation_clock is 'One row. Locked from its advance to the commit, so that numbers have the order of the commits.';
comment on column postern.revocation_clock.only_row is 'Always true: there is no second row.';
comment on column postern.revocation_clock.n is 'How many revoking transactions have been committed.';
insert into postern.revocation_clock (n) values (0);

create table postern.revocation (
  n        bigint primary key,
  at       timestamptz not null,
  subjects text not null
);
create index revocation_at on postern.revocation (at);
comment on table postern.revocation is 'The journal: what each revoking transaction made void. Swept after an hour; whoever missed more than that believes nothing it knew.';
comment on column postern.revocation.n is 'The clock''s number of the transaction; without gaps.';
comment on column postern.revocation.at is 'When.';
comment on column postern.revocation.subjects is 'Ids of accounts (a…) and of sessions and keys (c…), or * for everything (domain/revocation_message.hpp).';

// oidc-provider's adapter interface on PostgreSQL: one row a model, as its example adapters have it.
const kUpsert = `
  insert into oidc_model (model, id, payload, grant_id, user_code, uid, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (model, id) do update
  set payload = excluded.payload, grant_id = excluded.grant_id, user_code = excluded.user_code,
      uid = excluded.uid, expires_at = excluded.expires_at`;
const kFind = `
  select payload, expires_at, consumed_at from oidc_model where model = $1 and id = $2`;
const kFindByUserCode = `
  select payload, expires_at, consumed_at from oidc_model where model = $1 and user_code = $2`;
const kFindByUid = `
  select payload, expires_at, consumed_at from oidc_model where model = $1 and uid = $2`;
const kConsume = `update oidc_model set consumed_at = $3 where model = $1 and id = $2`;
const kDestroy = `delete from oidc_model where model = $1 and id = $2`;
const kRevoke = `delete from oidc_model where model = $1 and grant_id = $2`;

export const schema = `
  create table oidc_model (
    model text not null, id text not null, payload jsonb not null,
    grant_id text, user_code text, uid text, expires_at timestamptz, consumed_at timestamptz,
    primary key (model, id));
  create index on oidc_model (model, grant_id);
  create index on oidc_model (model, user_code);
  create index on oidc_model (model, uid)`;

export function adapterOn(pool) {
  return class PostgresAdapter {
    constructor(model) {
      this.model = model;
    }

    async upsert(id, payload, expiresIn) {
      const expiresAt = expiresIn ? new Date(Date.now() + expiresIn * 1000) : null;
      await this.#run('upsert', kUpsert, id, payload, payload.grantId, payload.userCode, payload.uid,
        expiresAt);
    }

    find(id) {
      return this.#one('find', kFind, id);
    }

    findByUserCode(userCode) {
      return this.#one('find_by_user_code', kFindByUserCode, userCode);
    }

    findByUid(uid) {
      return this.#one('find_by_uid', kFindByUid, uid);
    }

    async consume(id) {
      await this.#run('consume', kConsume, id, new Date());
    }

    async destroy(id) {
      await this.#run('destroy', kDestroy, id);
    }

    async revokeByGrantId(grantId) {
      await this.#run('revoke', kRevoke, grantId);
    }

    async #one(name, text, value) {
      const [row] = await this.#run(name, text, value);
      if (!row || (row.expires_at && row.expires_at < new Date())) return undefined;
      return { ...row.payload, ...(row.consumed_at ? { consumed: true } : undefined) };
    }

    async #run(name, text, ...values) {
      return (await pool.query({ name, text, values: [this.model, ...values] })).rows;
    }
  };
}

// The provider as its documentation configures it, with accounts in PostgreSQL.
import process from 'node:process';
import Provider from 'oidc-provider';
import pg from 'pg';
import { adapterOn } from './adapter.js';

const kAccount = 'select name, email, disabled from account where name = $1';

export const pool = new pg.Pool({ max: Number(process.env.GATE_POOL) });

async function findAccount(ctx, sub) {
  const { rows } = await pool.query({ name: 'account', text: kAccount, values: [sub] });
  if (rows.length === 0 || rows[0].disabled) return undefined;
  return {
    accountId: sub,
    claims: async () => ({ sub, email: rows[0].email }),
  };
}

// `jwks`: signs ID tokens; an opaque access token has no signature.
export function makeProvider(jwks) {
  const provider = new Provider('https://issuer.example.org', {
    adapter: adapterOn(pool),
    clients: [{
      client_id: 'site',
      client_secret: process.env.GATE_SECRET,
      redirect_uris: ['https://site.example.org/callback'],
      id_token_signed_response_alg: 'ES256',
    }],
    claims: { openid: ['sub'], email: ['email'] },
    cookies: { keys: [process.env.GATE_SECRET] },
    features: { devInteractions: { enabled: false } },
    findAccount,
    jwks,
    routes: { userinfo: '/check' },
  });
  provider.proxy = true; // behind nginx
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route !== 'userinfo') return;
    if (ctx.oidc.account) ctx.set('X-Auth-User', ctx.oidc.account.accountId);
    if (ctx.status === 400) ctx.status = 401; // no token at all; auth_request knows 401
  });
  return provider;
}

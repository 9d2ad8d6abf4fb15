// Makes the tables, the accounts and the tokens of a measurement, and prints the tokens.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { schema } from './adapter.js';
import { makeProvider, pool } from './provider.js';

await pool.query(schema);
await pool.query(`
  create table account (name text primary key, email text not null, disabled bool not null);
  insert into account values ('alice', 'alice@example.org', false),
                             ('bob', 'bob@example.org', false),
                             ('carol', 'carol@example.org', true)`);

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const provider = makeProvider({ keys: [privateKey.export({ format: 'jwk' })] });
const client = await provider.Client.find('site');

async function issue(accountId) {
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  grant.addOIDCScope('openid email');
  const token = new provider.AccessToken({
    accountId, client, grantId: await grant.save(), gty: 'authorization_code', scope: 'openid email',
  });
  return { value: await token.save(86400), token };
}

const revoked = await issue('bob');
await revoked.token.destroy();
console.log(JSON.stringify({
  valid: (await issue('alice')).value,
  unknown: randomBytes(32).toString('base64url'),
  revoked: revoked.value,
  disabled: (await issue('carol')).value,
}));
await pool.end();

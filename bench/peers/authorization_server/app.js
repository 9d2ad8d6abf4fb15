// oidc-provider as an authorization server, all of it in the memory of one process: its built-in store
// is a list of the last thousand things, which would lose most of what is measured, so that this one
// is a Map. Makes codes and refresh tokens for whoever measures, then listens.
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import Provider from 'oidc-provider';

const { callback, challenge, clientId, codes, refreshTokens, resource, run, secret, socket } =
  JSON.parse(process.argv[2]);
const kHour = 3600;

class MapAdapter {
  constructor(model) {
    this.model = model;
    this.kept = new Map();
  }

  async upsert(id, payload) {
    this.kept.set(id, payload);
  }

  async find(id) {
    return this.kept.get(id);
  }

  async findByUid() {
    return undefined;
  }

  async findByUserCode() {
    return undefined;
  }

  async consume(id) {
    this.kept.get(id).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    this.kept.delete(id);
  }

  async revokeByGrantId(grantId) {
    for (const [id, payload] of this.kept) if (payload.grantId === grantId) this.kept.delete(id);
  }
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const provider = new Provider('https://issuer.example.org', {
  adapter: MapAdapter,
  clients: [{
    client_id: clientId,
    client_secret: secret,
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    id_token_signed_response_alg: 'ES256',
  }],
  cookies: { keys: [secret] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'read',
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  findAccount: async (ctx, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
  rotateRefreshToken: true,
  ttl: { AuthorizationCode: kHour, RefreshToken: kHour, AccessToken: kHour, Grant: kHour, IdToken: kHour,
    ClientCredentials: kHour },
});
provider.proxy = true; // behind nginx

const client = await provider.Client.find(clientId);
const kScope = 'openid offline_access read';

async function grant(accountId) {
  const made = new provider.Grant({ accountId, clientId });
  made.addOIDCScope('openid offline_access');
  made.addResourceScope(resource, 'read');
  return made.save();
}

async function common(number) {
  const accountId = `person-${number % 16}`;
  return { accountId, client, grantId: await grant(accountId), scope: kScope, resource,
    authTime: Math.floor(Date.now() / 1000), gty: 'authorization_code' };
}

async function make(count, file, one) {
  const lines = [];
  for (let number = 0; number < count; number++) lines.push(await one(await common(number)));
  writeFileSync(`${run}/${file}`, lines.join('\n') + '\n');
}

await make(codes, 'codes.txt', (values) => new provider.AuthorizationCode({
  ...values, redirectUri: callback, codeChallenge: challenge, codeChallengeMethod: 'S256',
}).save());
await make(refreshTokens, 'refresh.txt', (values) => new provider.RefreshToken({
  ...values, rotations: 0, iiat: Math.floor(Date.now() / 1000),
}).save());
// An opaque one: a JWT is not introspected.
await make(1, 'access.txt', ({ resource: _, ...values }) => new provider.AccessToken({
  ...values, scope: 'openid offline_access',
}).save());

provider.listen(socket);

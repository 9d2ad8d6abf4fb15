// A real OpenID provider for the tests: `node provider.mjs '{"port":…,"issuer":…,"callback":…}'`.
// Keys and accounts live and die with the process. Whoever comes to an interaction says by `as` who
// he is, and by `deny` that he does not want to; `amr` is how he says to have signed in.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import process from 'node:process';
import Provider from 'oidc-provider';

const options = JSON.parse(process.argv[2]);

function key(type, parameters, alg) {
  const { privateKey } = generateKeyPairSync(type, parameters);
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg };
}

function client(name, method, alg) {
  return {
    client_id: name,
    ...(method === 'none' ? {} : { client_secret: options.secret }),
    token_endpoint_auth_method: method,
    id_token_signed_response_alg: alg,
    redirect_uris: options.callbacks,
    grant_types: ['authorization_code'],
  };
}

// "ann" has a confirmed address, "unconfirmed-bob" has not.
async function findAccount(ctx, id) {
  return {
    accountId: id,
    claims: () => ({
      sub: id,
      email: `${id.replace('unconfirmed-', '')}@example.org`,
      email_verified: !id.startsWith('unconfirmed-'),
      preferred_username: id,
    }),
  };
}

const provider = new Provider(options.issuer, {
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['preferred_username'] },
  clients: [
    client('postern', 'client_secret_basic', 'RS256'),
    client('postern-es', 'none', 'ES256'),
  ],
  // The default leaves the address to the userinfo endpoint, as OpenID Connect Core 5.4 has it.
  conformIdTokenClaims: !options.addressInToken,
  cookies: { keys: [randomUUID()] },
  features: { devInteractions: { enabled: false } },
  findAccount,
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  jwks: {
    keys: [key('rsa', { modulusLength: 2048 }, 'RS256'), key('ec', { namedCurve: 'P-256' }, 'ES256')],
  },
  // Everybody consents to everything.
  async loadExistingGrant(ctx) {
    const { Grant } = ctx.oidc.provider;
    const { accountId } = ctx.oidc.session;
    const { clientId } = ctx.oidc.client;
    const known = ctx.oidc.session.grantIdFor(clientId);
    if (known) return Grant.find(known);
    const grant = new Grant({ accountId, clientId });
    grant.addOIDCScope('openid email profile');
    await grant.save();
    return grant;
  },
  pkce: { required: () => true },
});

function answer(question) {
  if (question.has('deny')) return { error: 'access_denied' };
  const amr = question.get('amr');
  return { login: { accountId: question.get('as'), ...(amr ? { amr: [amr] } : {}) } };
}

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  const result = answer(ctx.URL.searchParams);
  ctx.respond = false;
  return provider.interactionFinished(ctx.req, ctx.res, result,
    { mergeWithLastSubmission: false });
});

provider.listen(options.port, '127.0.0.1', () => process.stdout.write('ready\n'));

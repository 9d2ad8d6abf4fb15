// openid-client, step by step; see driver.mjs.
import { serve, shown } from './driver.mjs';
import * as client from 'openid-client';

const clients = new Map();
const options = (o) => ({
  algorithm: o.algorithm ?? 'oidc',
  execute: [client.allowInsecureRequests],
});

function authentication(o) {
  switch (o.authenticate) {
    case 'none':
      return client.None();
    case 'basic':
      return client.ClientSecretBasic(o.secret);
    case 'post':
      return client.ClientSecretPost(o.secret);
    case 'key':
      return client.PrivateKeyJwt({ key: keys.privateKey, kid: 'mine' });
    default:
      return undefined; // the library's own choice
  }
}

let keys;
let dpop;
const withProof = (config, o) =>
  o.dpop ? { DPoP: client.getDPoPHandle(config, dpop) } : undefined;

function kept(config) {
  const id = `client ${clients.size + 1}`;
  clients.set(id, config);
  return { id, client: config.clientMetadata(), server: config.serverMetadata() };
}

function told(tokens) {
  return { ...tokens, claims: tokens.claims() ?? null, expires: tokens.expiresIn() ?? null };
}

serve({
  async makeKeys() {
    keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ]);
    dpop = await client.randomDPoPKeyPair();
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey);
    return { kty, crv, x, y, kid: 'mine', use: 'sig', alg: 'ES256' };
  },

  async register(o) {
    return kept(
      await client.dynamicClientRegistration(
        new URL(o.server),
        o.metadata,
        authentication(o),
        options(o),
      ),
    );
  },

  async discover(o) {
    return kept(
      await client.discovery(
        new URL(o.server),
        o.clientId,
        o.metadata,
        authentication(o),
        options(o),
      ),
    );
  },

  // From the authorization request to the tokens.
  async authorize(o, browse) {
    const config = clients.get(o.id);
    const verifier = client.randomPKCECodeVerifier();
    const parameters = {
      redirect_uri: o.redirectUri,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: client.randomState(),
      ...o.parameters,
    };
    const openid = (parameters.scope ?? '').split(' ').includes('openid');
    if (openid) parameters.nonce = client.randomNonce();
    const url = o.pushed
      ? await client.buildAuthorizationUrlWithPAR(config, parameters, withProof(config, o))
      : client.buildAuthorizationUrl(config, parameters);
    const back = await browse(url);
    const tokens = await client.authorizationCodeGrant(
      config,
      back,
      {
        pkceCodeVerifier: o.wrongVerifier ? client.randomPKCECodeVerifier() : verifier,
        expectedState: parameters.state,
        expectedNonce: parameters.nonce,
        idTokenExpected: openid,
        ...o.checks,
      },
      o.tokenParameters,
      withProof(config, o),
    );
    return told(tokens);
  },

  async refresh(o) {
    const config = clients.get(o.id);
    return told(
      await client.refreshTokenGrant(config, o.token, o.parameters, withProof(config, o)),
    );
  },

  async fetch(o) {
    const config = clients.get(o.id);
    return shown(
      await client.fetchProtectedResource(
        config,
        o.token,
        new URL(o.url),
        'GET',
        undefined,
        undefined,
        withProof(config, o),
      ),
    );
  },

  async userinfo(o) {
    const config = clients.get(o.id);
    return client.fetchUserInfo(
      config,
      o.token,
      o.subject ?? client.skipSubjectCheck,
      withProof(config, o),
    );
  },

  introspect: (o) => client.tokenIntrospection(clients.get(o.id), o.token, o.parameters),
  revoke: (o) => client.tokenRevocation(clients.get(o.id), o.token, o.parameters),

  async clientCredentials(o) {
    const config = clients.get(o.id);
    return told(await client.clientCredentialsGrant(config, o.parameters, withProof(config, o)));
  },

  async device(o, browse) {
    const config = clients.get(o.id);
    const begun = await client.initiateDeviceAuthorization(config, o.parameters);
    await browse(begun.verification_uri_complete);
    return { begun, ...told(await client.pollDeviceAuthorizationGrant(config, begun)) };
  },

  endSessionUrl: (o) => client.buildEndSessionUrl(clients.get(o.id), o.parameters).href,
});

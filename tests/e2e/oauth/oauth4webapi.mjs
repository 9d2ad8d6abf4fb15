// oauth4webapi, step by step; see driver.mjs. Nothing is hidden here: each answer is checked by the
// function that the library has for it.
import { serve, shown } from './driver.mjs';
import * as oauth from 'oauth4webapi';

const insecure = { [oauth.allowInsecureRequests]: true };
let as;
let keys;
let dpop;

function authentication(o) {
  switch (o.authenticate) {
    case 'basic':
      return oauth.ClientSecretBasic(o.client.client_secret);
    case 'post':
      return oauth.ClientSecretPost(o.client.client_secret);
    case 'key':
      return oauth.PrivateKeyJwt({ key: keys.privateKey, kid: 'mine' });
    default:
      return oauth.None();
  }
}

const withProof = (o) =>
  o.dpop ? { ...insecure, DPoP: oauth.DPoP(o.client, dpop) } : insecure;
const form = (values) => new URLSearchParams(values);

async function discover(o) {
  const issuer = new URL(o.server);
  as = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { algorithm: o.algorithm ?? 'oidc', ...insecure }),
  );
  return as;
}

async function answerOf(o, browse) {
  const verifier = oauth.generateRandomCodeVerifier();
  const asked = {
    client_id: o.client.client_id,
    redirect_uri: o.redirectUri,
    response_type: 'code',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: oauth.generateRandomState(),
    ...o.parameters,
  };
  if ((asked.scope ?? '').split(' ').includes('openid')) asked.nonce = oauth.generateRandomNonce();
  const url = new URL(as.authorization_endpoint);
  if (o.pushed) {
    const pushed = await oauth.processPushedAuthorizationResponse(
      as,
      o.client,
      await oauth.pushedAuthorizationRequest(
        as,
        o.client,
        authentication(o),
        form(asked),
        withProof(o),
      ),
    );
    url.search = form({ client_id: o.client.client_id, request_uri: pushed.request_uri });
  } else {
    url.search = form(asked);
  }
  const back = await browse(url);
  return { verifier, asked, answer: oauth.validateAuthResponse(as, o.client, back, asked.state) };
}

serve({
  discover,

  async makeKeys() {
    keys = await oauth.generateKeyPair('ES256', { extractable: true });
    dpop = await oauth.generateKeyPair('ES256');
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey);
    return { kty, crv, x, y, kid: 'mine', use: 'sig', alg: 'ES256' };
  },

  async register(o) {
    return oauth.processDynamicClientRegistrationResponse(
      await oauth.dynamicClientRegistrationRequest(as, o.metadata, insecure),
    );
  },

  async authorize(o, browse) {
    const { verifier, asked, answer } = await answerOf(o, browse);
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      o.client,
      authentication(o),
      answer,
      o.redirectUri,
      verifier,
      { additionalParameters: o.tokenParameters, ...withProof(o) },
    );
    const tokens = await oauth.processAuthorizationCodeResponse(as, o.client, response, {
      expectedNonce: asked.nonce ?? oauth.expectNoNonce,
      requireIdToken: asked.nonce !== undefined,
    });
    if (asked.nonce !== undefined) {
      await oauth.validateApplicationLevelSignature(as, response, insecure);
    }
    return { ...tokens, claims: oauth.getValidatedIdTokenClaims(tokens) ?? null };
  },

  async refresh(o) {
    return oauth.processRefreshTokenResponse(
      as,
      o.client,
      await oauth.refreshTokenGrantRequest(as, o.client, authentication(o), o.token, {
        additionalParameters: o.parameters,
        ...withProof(o),
      }),
    );
  },

  async fetch(o) {
    return shown(
      await oauth.protectedResourceRequest(
        o.token,
        'GET',
        new URL(o.url),
        undefined,
        null,
        withProof(o),
      ),
    );
  },

  // As a resource elsewhere does, which knows the issuer's keys and no more.
  async validate(o) {
    const headers = { authorization: `Bearer ${o.token}` };
    const request = new Request(o.url, { headers });
    return oauth.validateJwtAccessToken(as, request, o.audience, insecure);
  },

  async resource(o) {
    const resource = new URL(o.url);
    return oauth.processResourceDiscoveryResponse(
      resource,
      await oauth.resourceDiscoveryRequest(resource, insecure),
    );
  },

  async userinfo(o) {
    return oauth.processUserInfoResponse(
      as,
      o.client,
      o.subject ?? oauth.skipSubjectCheck,
      await oauth.userInfoRequest(as, o.client, o.token, withProof(o)),
    );
  },

  async introspect(o) {
    return oauth.processIntrospectionResponse(
      as,
      o.client,
      await oauth.introspectionRequest(as, o.client, authentication(o), o.token, insecure),
    );
  },

  async revoke(o) {
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, o.client, authentication(o), o.token, insecure),
    );
  },

  async clientCredentials(o) {
    return oauth.processClientCredentialsResponse(
      as,
      o.client,
      await oauth.clientCredentialsGrantRequest(
        as,
        o.client,
        authentication(o),
        form(o.parameters),
        withProof(o),
      ),
    );
  },

  async device(o, browse) {
    const begun = await oauth.processDeviceAuthorizationResponse(
      as,
      o.client,
      await oauth.deviceAuthorizationRequest(
        as,
        o.client,
        authentication(o),
        form(o.parameters),
        insecure,
      ),
    );
    const ask = async () =>
      oauth.processDeviceCodeResponse(
        as,
        o.client,
        await oauth.deviceCodeGrantRequest(
          as,
          o.client,
          authentication(o),
          begun.device_code,
          withProof(o),
        ),
      );
    const early = await ask().catch((error) => error.error);
    await browse(begun.verification_uri_complete);
    await new Promise((resolve) => setTimeout(resolve, begun.interval * 1000));
    return { begun, early, ...(await ask()) };
  },
});

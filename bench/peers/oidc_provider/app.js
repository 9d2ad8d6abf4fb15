// The gate is the userinfo endpoint: it loads the access token, its grant and the account.
import { generateKeyPairSync } from 'node:crypto';
import process from 'node:process';
import { runWorkers } from '../workers.js';
import { makeProvider } from './provider.js';

process.env.GATE_JWK ||= JSON.stringify(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }));

async function serve() {
  makeProvider({ keys: [JSON.parse(process.env.GATE_JWK)] }).listen(process.env.GATE_SOCKET);
}

runWorkers(serve);

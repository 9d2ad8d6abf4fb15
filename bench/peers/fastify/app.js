// Fastify with @fastify/jwt and pg: a hook verifies the token and loads the account.
import process from 'node:process';
import jwt from '@fastify/jwt';
import Fastify from 'fastify';
import pg from 'pg';
import { runWorkers } from '../workers.js';

const kAccount = 'select name, email, disabled from account where name = $1';

async function serve() {
  const pool = new pg.Pool({ max: Number(process.env.GATE_POOL) });
  const app = Fastify();
  await app.register(jwt, { secret: process.env.GATE_SECRET });
  app.decorateRequest('account', null);
  app.decorate('authenticate', async (request, reply) => {
    await request.jwtVerify();
    const { rows } = await pool.query({ name: 'account', text: kAccount, values: [request.user.sub] });
    if (rows.length === 0 || rows[0].disabled) {
      return reply.code(401).send({ message: 'Unauthorized' });
    }
    request.account = rows[0];
  });
  app.get('/check', { preHandler: [app.authenticate] }, async (request, reply) => {
    reply.code(204).header('X-Auth-User', request.account.name).send();
  });
  await app.listen({ path: process.env.GATE_SOCKET });
}

runWorkers(serve);

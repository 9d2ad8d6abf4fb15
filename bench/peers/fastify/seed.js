// Makes the accounts of a measurement, and prints tokens for them.
import process from 'node:process';
import jwt from '@fastify/jwt';
import Fastify from 'fastify';
import pg from 'pg';

const client = new pg.Client();
await client.connect();
await client.query(`
  create table account (name text primary key, email text not null, disabled bool not null);
  insert into account values ('alice', 'alice@example.org', false),
                             ('carol', 'carol@example.org', true)`);
await client.end();

const app = Fastify();
await app.register(jwt, { secret: process.env.GATE_SECRET });
await app.ready();
const expired = Math.floor(Date.now() / 1000) - 60;
const valid = app.jwt.sign({ sub: 'alice' }, { expiresIn: '1d' });
const [header, claims, signature] = valid.split('.');
console.log(JSON.stringify({
  valid,
  forged: [header, claims, [...signature].reverse().join('')].join('.'),
  unknown: app.jwt.sign({ sub: 'bob' }, { expiresIn: '1d' }),
  expired: app.jwt.sign({ sub: 'alice', exp: expired }),
  disabled: app.jwt.sign({ sub: 'carol' }, { expiresIn: '1d' }),
}));

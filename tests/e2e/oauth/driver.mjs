// Lets a test in Python do what a library offers: it says a line {"step": …, "options": {…}} and gets
// a line {"done": …} or {"failed": …} back. Where a step needs a browser it says {"browse": address}
// in between and is told {"url": address}, the one at which the browser came back.
import './webcrypto.mjs';
import { createInterface } from 'node:readline';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const tell = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

async function next() {
  const { value, done } = await lines.next();
  return done ? undefined : JSON.parse(value);
}

async function browse(url) {
  tell({ browse: String(url) });
  return new URL((await next()).url);
}

// What the libraries' errors say, whichever class they are of.
function described(error) {
  return {
    name: error.constructor.name,
    message: error.message,
    code: error.code,
    error: error.error,
    description: error.error_description,
    status: error.status,
    challenges: Array.isArray(error.cause) ? error.cause : undefined,
  };
}

export async function serve(steps) {
  for (let order = await next(); order; order = await next()) {
    try {
      tell({ done: (await steps[order.step](order.options, browse)) ?? null });
    } catch (error) {
      tell({ failed: described(error) });
    }
  }
}

// Status and body of an answer of a protected resource.
export async function shown(response) {
  return { status: response.status, text: await response.text() };
}

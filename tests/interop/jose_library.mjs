// npm's `jose`, found in the folder $DENGJI_NODE_MODULES (where jws_interop.py installs it) or by the usual rules.
import { webcrypto } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createInterface } from 'node:readline';

// Debian 12's Node 18 has Web Crypto, but not as a global.
globalThis.crypto ??= webcrypto;

const base = process.env.DENGJI_NODE_MODULES ? `${process.env.DENGJI_NODE_MODULES}/` : import.meta.url;
export const jose = await import(pathToFileURL(createRequire(base).resolve('jose')));

/** The JSON value of each line of standard input. */
export async function* lines() {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== '') yield JSON.parse(line);
  }
}

/** The public half of a JWK and its key id. */
export async function publicHalf({ kty, crv, x }) {
  return { jwk: { kty, crv, x }, kid: await jose.calculateJwkThumbprint({ kty, crv, x }) };
}

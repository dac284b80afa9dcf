// Verifies entries with npm's `jose`. Each line of standard input is a case {jws, keys, expect, why}: the text of the JWS,
// the JWK of each signer in order, "good" or "bad", and what the case shows. Each line of output is a case's result
// {why, expect, got, general, reason}. `general` is the answer of jose's generalVerify, which is content with ANY one
// good signature; an entry needs the loop below, which asks for every one. Exits 1 if a case came out otherwise.
import { jose, lines, publicHalf } from './jose_library.mjs';

const TYP = 'dengji+jws';

async function verifyEvery(jws, keys) {
  if (jws.signatures.length !== keys.length) throw new Error('not one signature per key');
  for (const [i, signature] of jws.signatures.entries()) {
    const { jwk, kid } = await publicHalf(keys[i]);
    const key = await jose.importJWK(jwk, 'EdDSA');
    const { protectedHeader } = await jose.flattenedVerify({ payload: jws.payload, ...signature }, key, {
      algorithms: ['EdDSA', 'Ed25519'],
    });
    if (protectedHeader.typ !== TYP) throw new Error(`signature ${i + 1} was made for ${protectedHeader.typ}`);
    if (protectedHeader.kid !== kid) throw new Error(`signature ${i + 1} names the key ${protectedHeader.kid}`);
  }
}

async function verifyAny(jws, keys) {
  for (const { kty, crv, x } of keys) {
    try {
      await jose.generalVerify(jws, await jose.importJWK({ kty, crv, x }, 'EdDSA'));
      return 'good';
    } catch {
      // Another key may fit.
    }
  }
  return 'bad';
}

let wrong = 0;
for await (const { jws: text, keys, expect, why } of lines()) {
  const jws = JSON.parse(text);
  let got = 'good';
  let reason = '';
  try {
    await verifyEvery(jws, keys);
  } catch (error) {
    got = 'bad';
    reason = error.message;
  }
  if (got !== expect) wrong += 1;
  console.log(JSON.stringify({ why, expect, got, general: await verifyAny(jws, keys), reason }));
}
process.exitCode = wrong === 0 ? 0 : 1;

// Signs entries with npm's `jose`. Each line of standard input is {payload, keys}: the text to sign and the private JWK of
// each signer in order. Each line of output is a case for jws_cases: {jws, keys, expect: "good", why}.
import { jose, lines, publicHalf } from './jose_library.mjs';

for await (const { payload, keys } of lines()) {
  const sign = new jose.GeneralSign(new TextEncoder().encode(payload));
  const publicKeys = [];
  for (const key of keys) {
    const { jwk, kid } = await publicHalf(key);
    sign.addSignature(await jose.importJWK(key, 'EdDSA')).setProtectedHeader({ alg: 'EdDSA', kid, typ: 'dengji+jws' });
    publicKeys.push(jwk);
  }
  const jws = JSON.stringify(await sign.sign());
  console.log(JSON.stringify({ jws, keys: publicKeys, expect: 'good', why: `signed by jose, ${keys.length} parties` }));
}

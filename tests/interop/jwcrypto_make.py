#!/usr/bin/python3
"""Signs entries with Python's jwcrypto; the same input and output as jose_make.mjs. Needs two signers or more: for one,
jwcrypto writes the flattened form, which an entry may not have."""

import json
import sys

from jwcrypto import jwk, jws


def main():
    for line in sys.stdin:
        wanted = json.loads(line)
        token = jws.JWS(wanted["payload"].encode())
        keys = []
        for members in wanted["keys"]:
            key = jwk.JWK(**members)
            token.add_signature(key, protected=json.dumps({"alg": "EdDSA", "kid": key.thumbprint(), "typ": "dengji+jws"}))
            keys.append(json.loads(key.export_public()))
        print(json.dumps({"jws": token.serialize(), "keys": keys, "expect": "good",
                          "why": f"signed by jwcrypto, {len(keys)} parties"}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

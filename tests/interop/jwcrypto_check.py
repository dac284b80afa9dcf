#!/usr/bin/python3
"""Verifies entries with Python's jwcrypto; the same cases and results as jose_check.mjs.

Each signature is verified by itself as a flattened JWS: jwcrypto, too, calls a General JWS good when any one signature is.
"""

import json
import sys

from jwcrypto import jwk, jws
from jwcrypto.common import json_decode

TYP = "dengji+jws"


def verify_every(entry, keys):
    if len(entry["signatures"]) != len(keys):
        raise ValueError("not one signature per key")
    for number, (signature, key_members) in enumerate(zip(entry["signatures"], keys), start=1):
        key = jwk.JWK(**key_members)
        token = jws.JWS()
        token.allowed_algs = ["EdDSA"]
        token.deserialize(json.dumps({"payload": entry["payload"], **signature}))
        token.verify(key)
        header = json_decode(token.objects["protected"])
        if header["typ"] != TYP:
            raise ValueError(f"signature {number} was made for {header['typ']}")
        if header["kid"] != key.thumbprint():
            raise ValueError(f"signature {number} names the key {header['kid']}")


def verify_any(text, keys):
    for key_members in keys:
        token = jws.JWS()
        token.allowed_algs = ["EdDSA"]
        try:
            token.deserialize(text, jwk.JWK(**key_members))
            return "good"
        except Exception:  # Another key may fit.
            pass
    return "bad"


def main():
    wrong = 0
    for line in sys.stdin:
        case = json.loads(line)
        got, reason = "good", ""
        try:
            verify_every(json.loads(case["jws"]), case["keys"])
        except Exception as error:
            got, reason = "bad", f"{type(error).__name__}: {error}"
        wrong += got != case["expect"]
        print(json.dumps({"why": case["why"], "expect": case["expect"], "got": got,
                          "general": verify_any(case["jws"], case["keys"]), "reason": reason}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

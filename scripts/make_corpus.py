#!/usr/bin/env python3
"""Writes the seed inputs of the fuzz targets json, entry, leaf, config and apply into tests/fuzz/corpus. Inputs that a fuzzer found are
added there by hand and stay: this script only writes its own names."""

import base64
import json
import pathlib
import random

CORPUS = pathlib.Path(__file__).resolve().parent.parent / "tests" / "fuzz" / "corpus"


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def canonical(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def write(target, inputs):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in inputs.items():
        (folder / name).write_bytes(data)
    print(f"{target}: {len(inputs)} inputs")


def json_inputs():
    """The first byte chooses the limits: 0 strict names, 1 any names, 2 depth 3."""
    texts = {
        "object": b'{"a":[1,-2,true,false,null,""],"b_2":{"c":{}}}',
        "spaces": b' \t\r\n{ "a" : [ ] } \n',
        "escapes": rb'["\u0041\"\\\/","\ud83d\ude00"]',
        "chinese": '{"title":"江苏省数据集（2026）"}'.encode(),
        "latin": '["é","ö","한국"]'.encode(),
        "extremes": b"[9007199254740991,-9007199254740991,0]",
        "depth_16": b"[" * 16 + b"]" * 16,
        "depth_17": b"[" * 17 + b"]" * 17,
        "duplicate": rb'{"a":1,"\u0061":2}',
        "bad_name": b'{"Title":1}',
        "bidi_name": rb'{"x":{"a\u202e":1}}',
        "bom": b"\xef\xbb\xbf{}",
        "trailing": b"{}{}",
        "nul_after": b"{}\x00[]",
        "nul_inside": b"[1,\x00]",
        "float": b"[1.5]",
        "exponent": b"[1e2]",
        "overflow": b"[1e999]",
        "huge": b"[1" + b"0" * 310 + b"]",
        "negative_zero": b"[-0]",
        "too_large": b"[9007199254740992]",
        "beyond_64_bits": b"[18446744073709551616]",
        "bad_utf8": b'["\xc0\x80"]',
        "cut_utf8": b'["\xe5\xbc"]',
        "surrogate": rb'["\ud83d"]',
        "control": b'["a\x01"]',
        "escaped_control": rb'["\u0000"]',
        "not_nfc": rb'["e\u0301"]',
        "unassigned": rb'["\u0378"]',
        "noncharacter": rb'["\uffff"]',
        "leading_zero": b"[01]",
        "comment": b"[1/**/]",
    }
    inputs = {name: b"0" + text for name, text in texts.items()}
    inputs["foreign_names"] = b'1{"@context":{"sc:Dataset":1},"":2,"a/b~c":3}'
    inputs["utf16_order"] = '1{"\uff01":1,"\U0001f600":2,"\u20ac":3}'.encode()
    inputs["depth_3"] = b"2[[[1]]]"
    inputs["depth_4"] = b"2[[[[1]]]]"
    return inputs


def payload(**changes):
    value = {
        "v": 1,
        "ledger": "ledger.example/js-data",
        "genesis": b64(bytes(32)),
        "type": "trade.agree",
        "id": "019b77b5-4180-7000-8000-000000000001",
        "salt": b64(b"\x03" * 16),
        "made_at": "2026-03-02T08:00:00Z",
        "valid_until": "2026-03-03T08:00:00.125Z",
        "parties": [{"role": "enterprise", "org": "91350100M000100Y43", "kid": b64(b"\x01" * 32)}],
        "body": {"amount_fen": 100, "title": "数据"},
    }
    value.update(changes)
    return {name: member for name, member in value.items() if member is not None}


def jws(body, kids=(1,), typ="dengji+jws"):
    signatures = [{
        "protected": b64(canonical({"alg": "EdDSA", "kid": b64(bytes([kid]) * 32), "typ": typ})),
        "signature": b64(bytes([kid]) * 64),
    } for kid in kids]
    return {"payload": b64(canonical(body)), "signatures": signatures}


def party(number):
    return {"role": "governor", "org": "F:DE:hrb:HRB-1", "kid": b64(bytes([number]) * 32)}


def entry_inputs():
    """The first byte says what follows: 0 an entry, 1 a payload, 2 the JSON of a disclosure."""
    several = payload(parties=[party(number) for number in (1, 2, 3)], valid_until="2026-04-01T08:00:00Z")
    values = {
        "one_party": jws(payload()),
        "three_parties": jws(several, (1, 2, 3)),
        "sixteen_parties": jws(payload(parties=[party(number) for number in range(1, 17)]), range(1, 17)),
        "genesis": jws(payload(type="genesis", genesis=None)),
        "missing_signature": jws(several, (1, 2)),
        "wrong_order": jws(several, (2, 1, 3)),
        "wrong_typ": jws(payload(), typ="dengji-read+jwt"),
        "no_signatures": {"payload": b64(b"{}"), "signatures": []},
        "flattened": {"payload": b64(b"{}"), "protected": b64(b"{}"), "signature": b64(bytes(64))},
        "unknown_member": jws(payload()) | {"header": {}},
        "payload_no_json": {"payload": b64(b"\xff"), "signatures": jws({})["signatures"]},
    }
    inputs = {name: b"0" + canonical(value) for name, value in values.items()}
    inputs["loose"] = b"0" + json.dumps(jws(payload()), indent=2).encode() + b"\n"
    payloads = {
        "good": payload(),
        "body_deep": payload(body={"a": json.loads("[" * 14 + "]" * 14)}),
        "genesis_missing": payload(genesis=None),
        "window_too_long": payload(valid_until="2026-03-09T08:00:00.001Z"),
        "window_backwards": payload(valid_until="2026-03-02T07:59:59Z"),
        "time_zone": payload(made_at="2026-03-02T16:00:00+08:00"),
        "salt_short": payload(salt=b64(bytes(15))),
        "kid_twice": payload(parties=[party(1), party(1)]),
        "unknown": payload(note="x"),
        "id_upper": payload(id="019B77B5-4180-7000-8000-000000000001"),
    }
    inputs |= {"payload_" + name: b"1" + canonical(value) for name, value in payloads.items()}
    salt = b64(b"\x03" * 16)
    inputs |= {
        "disclosure_text": b"2" + canonical([salt, "contact_name", "张三"]),
        "disclosure_object": b"2" + canonical([salt, "contact", {"phone": "+86", "list": [1, None]}]),
        "disclosure_spaces": b"2" + json.dumps([salt, "a", 1]).encode(),
        "disclosure_short": b"2" + canonical([salt, "a"]),
    }
    return inputs


def leaf_inputs():
    def leaf(**changes):
        value = {"effects": [], "entry": jws(payload()), "seq": 7, "time": 1772438400000, "v": 1}
        value.update(changes)
        return canonical({name: member for name, member in value.items() if member is not None})

    effects = [{"kind": "number", "value": "JY32010020260000001Z"}, {"kind": "post", "amount_fen": 100}]
    status = {"sha256": b64(bytes(32)), "size": 12}
    good = leaf(effects=effects)
    return {
        "plain": leaf(),
        "effects": good,
        "status": leaf(effects=effects, status=status),
        "largest_numbers": leaf(seq=2**53 - 1, time=2**53 - 1),
        "tiny_entry": leaf(entry={}),
        "deep_effect": leaf(effects=json.loads("[" * 19 + "]" * 19)),
        "too_deep_effect": leaf(effects=json.loads("[" * 20 + "]" * 20)),
        "newline": good + b"\n",
        "spaces": good.replace(b":", b": "),
        "cut": good[:-1],
        "version_2": leaf(v=2),
        "negative_seq": leaf(seq=-1),
        "status_null": good[:-1].replace(b'"time"', b'"status":null,"time"') + b"}",
        "status_short": leaf(status={"sha256": "AA", "size": 1}),
        "unknown": leaf(x=1),
        "seq_missing": leaf(seq=None),
        "entry_text": leaf(entry="x"),
        "duplicate": good[:-1] + b',"v":1}',
        "unordered": b'{"v":1,' + good[1:].replace(b',"v":1', b""),
        "escaped": good.replace(b"JY", rb"\u004aY"),
    }


NODE_TOML = """[ledger]
id = "ledger.example/js-data"
genesis = "genesis.jws"
data = "data"
[node]
id = "node1"
log_key = "keys/log.key"
passphrase_env = "DENGJI_PASSPHRASE"
log_level = "debug"
[http]
listen = "[::1]:8080"
base_urls = ["http://127.0.0.1:8080"]
tls_certificate = "cert.pem"
tls_key = "key.pem"
rate_per_second = 100
idle_timeout_ms = 5000
"""

GENESIS_TOML = """ledger = "ledger.example/js-data"
title = "登记账本"
quorum = 1
[[governor]]
id = "91320500MA1EAMPA7Y"
name = "数据局"
region = "320000"
ownership = "state"
scale = "large"
chain_roles = ["regulator"]
roles = ["bureau"]
key = "bureau.key"
[[node]]
id = "node1"
batch = "batch.key"
log = "log.key"
cosigner = "cosigner.key"
"""


def config_inputs():
    """The first byte says which file: 0 node.toml, 1 the genesis file."""
    def node(old="\0", new=""):
        return b"0" + NODE_TOML.replace(old, new).encode()

    def genesis(old="\0", new=""):
        return b"1" + GENESIS_TOML.replace(old, new).encode()

    return {
        "node": node(),
        "node_unknown": node("[http]", "[http]\nspeed = 1"),
        "node_table_twice": node("[http]", "[node]"),
        "node_range": node("rate_per_second = 100", "rate_per_second = -1"),
        "node_two_passphrases": node("log_level", "passphrase_fd = 3\nlog_level"),
        "node_types": node('data = "data"', "data = [1, 2.5, 1979-05-27T07:32:00Z, {a = true}]"),
        "node_dotted": b"0" + b'ledger.id = "a.b/c"\nledger.data = "d"\nnode = {id = "n", log_key = "k"}\n',
        "node_strings": node('"debug"', '\'\'\'de\nbug\'\'\''),
        "node_no_port": node("[::1]:8080", "[::1]"),
        "genesis": genesis(),
        "genesis_two_governors": genesis("[[node]]", '[[governor]]\nid = "x"\nkey = "y"\n[[node]]'),
        "genesis_no_nodes": genesis("[[node]]", "[node]"),
        "genesis_quorum": genesis("quorum = 1", "quorum = 9223372036854775807"),
        "genesis_roles": genesis('["bureau"]', '["bureau", 5]'),
        "genesis_unknown": genesis("scale", "scales"),
        "genesis_key_missing": genesis("bureau.key", "missing"),
    }


def apply_inputs():
    """Histories by chance: every byte string is one."""
    dice = random.Random(2026)
    return {f"random_{i:02}": dice.randbytes(64 + 48 * i) for i in range(16)}


if __name__ == "__main__":
    write("json", json_inputs())
    write("entry", entry_inputs())
    write("leaf", leaf_inputs())
    write("config", config_inputs())
    write("apply", apply_inputs())

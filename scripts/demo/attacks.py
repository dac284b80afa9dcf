"""Three attacks. Each is first shown in its honest form, which is accepted, so that what is refused afterwards is
refused for the one thing that was changed. The exit codes are those of docs/formats.md, "Command output"."""

import json

import actors
from book import today
from narrator import expect
from opening import serve
from registration import first
from trading import agree_body, parties

OK, FAILED, INCONSISTENT = 0, 1, 14


def attacks(stage):
    stage.narrator.act("Three attacks 三次攻击")
    tampered_leaf(stage)
    stripped_signature(stage)
    replay(stage)


def tampered_leaf(stage):
    """Somebody who runs the node rewrites one amount in its history."""
    narrator, dengji, folder = stage.narrator, stage.dengji, stage.shop.folder
    dengji.run("audit", stage.export, expect=OK)
    lines = (folder / stage.export).read_text(encoding="utf-8").splitlines(keepends=True)
    place = stage.second.seq + 1  # after the header
    honest = '"fen":22222225'
    if honest not in lines[place]:
        raise AssertionError(f"leaf {stage.second.seq} does not post the settlement")
    lines[place] = lines[place].replace(honest, '"fen":22222226')
    (folder / "tampered.ndjson").write_text("".join(lines), encoding="utf-8")
    said = dengji.run("audit", "tampered.ndjson", expect=INCONSISTENT).stderr.strip().splitlines()[-1]
    narrator.say(f"1. one fen more in the leaf of entry {stage.second.seq}: the export passed the audit, exit {OK};")
    narrator.say(f"   tampered with, exit {INCONSISTENT}: {said.removeprefix('dengji: ')}")


def stripped_signature(stage):
    """A seller shows a contract without the buyer's signature."""
    narrator, book, dengji, folder = stage.narrator, stage.book, stage.dengji, stage.shop.folder
    entry = book.make("trade.agree", parties("suzhou", "hangzhou"),
                      agree_body(stage, first(stage, "suzhou"), "C-3", 1_000_000, "Prices of flights"))
    accepted = book.submit_file(*book.keep("trade.agree", entry))
    stripped = json.loads(entry)
    expect("signatures", len(stripped["signatures"]), 2)
    del stripped["signatures"][1]
    (folder / "entries" / "stripped.jws").write_text(json.dumps(stripped), encoding="utf-8")
    done = dengji.run("entry", "submit", "entries/stripped.jws", "--url", book.url, expect=FAILED)
    expect("reason", "envelope_form" in done.stderr, True)
    narrator.say(f"2. a contract signed by both: exit {OK}, {accepted.number('trade')};")
    narrator.say(f"   without the buyer's signature, exit {FAILED}: {refusal(done)}")


def refusal(done):
    """What the node refused with, in English."""
    return next(line for line in done.stderr.splitlines() if "refuses with" in line).removeprefix("dengji: ")


def replay(stage):
    """An entry is carried to a second ledger of the same name, organisations and keys, but of another genesis."""
    narrator, book, dengji, folder = stage.narrator, stage.book, stage.dengji, stage.shop.folder
    other = folder / "replay"
    other.mkdir()
    (other / "genesis.toml").write_text(actors.genesis_toml(stage.actors, "A second ledger", "../"), encoding="utf-8")
    made = dengji.json("ledger", "init", "--genesis", "replay/genesis.toml", "--out", "replay/genesis.jws")
    second = serve(stage, made["genesis"], book.verifier_key, other, stage.shop.free_port(), "../")
    body = {"days": [{"day": f"{today().year + 1}-01-01", "working": False}]}
    signer = [("bureau", "bureau")]
    entry = book.make("calendar.set", signer, body)
    file, receipt = book.keep("calendar.set", entry)
    book.submit_file(file, receipt)
    # The second ledger takes the very same act when it was made for it.
    (folder / "entries" / "second-ledger.jws").write_text(second.make("calendar.set", signer, body), encoding="utf-8")
    second.submit_file("entries/second-ledger.jws", "receipts/second-ledger.json")
    done = dengji.run("entry", "submit", file, "--url", second.url, expect=FAILED)
    expect("reason", "wrong_genesis" in done.stderr, True)
    narrator.say(f"3. the bureau's calendar: exit {OK} on the ledger that it was made for;")
    narrator.say(f"   replayed on a second one whose genesis differs, exit {FAILED}: {refusal(done)}")
    expect("exit code of the second node", stage.shop.stop_node(second.node), 0)

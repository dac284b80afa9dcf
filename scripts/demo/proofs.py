"""What needs no trust in the node: the audit of the export, a certificate checked by its number, and the proof of every
one of the registrations verified offline, with the log key alone."""

import concurrent.futures

from actors import key_file
from book import JOBS
from narrator import expect
from registration import first


def audit(stage):
    narrator, book, dengji, folder = stage.narrator, stage.book, stage.dengji, stage.shop.folder
    narrator.act("Audit 审计")
    stage.export = "export.ndjson"
    (folder / "audited.checkpoint").write_text(book.checkpoint(), encoding="utf-8")
    by_url = dengji.json("audit", book.url, "--key", key_file("bureau"), "--org", stage.org("bureau"), "--log-key",
                         book.verifier_key, "--keep", stage.export)
    by_file = dengji.json("audit", stage.export, "--log-key", book.verifier_key)
    for member in ("verdict", "size", "root"):
        expect(f"{member} of the two audits", by_url[member], by_file[member])
    expect("verdict", by_file["verdict"], "consistent")
    entries = sum(by_file["entries"].values())
    expect("entries audited", entries, by_file["size"])
    narrator.say(f"from the export file and from the URL: consistent 一致; {entries} entries executed anew, "
                 f"{by_file['signatures']} signatures checked,")
    narrator.say(f"{by_file['accounts']} accounts added up, root recomputed: {by_file['root']}")


def certificate(stage):
    narrator, book, dengji = stage.narrator, stage.book, stage.dengji
    trust = ["--log-key", book.verifier_key]
    node = ["--url", book.url]
    narrator.act("A certificate, checked by whoever is handed its number 证书核验")
    good = first(stage, "suzhou").certificate
    said = dengji.run("certificate", "verify", good, *node, *trust).stdout
    narrator.say(f"exit 0:  {said.split(' / ')[0]}")
    dengji.run("certificate", "save", good, "--out", "certificate.json", *node, *trust)
    dengji.run("certificate", "verify", "certificate.json", *trust)
    narrator.say("exit 0:  the same from a file with its proofs, without the node")
    suspended = book.objects("certificates", status="suspended", reader=None)[0]["no"]
    said = dengji.run("certificate", "verify", suspended, *node, *trust, expect=12).stdout
    narrator.say(f"exit 12: {said.split(' / ')[0]}")


def registrations(stage):
    narrator, book, dengji, folder = stage.narrator, stage.book, stage.dengji, stage.shop.folder
    narrator.act("Every registration proven offline 离线验证每一项登记")
    (folder / "proofs").mkdir()

    def fetch_and_verify(dataset):
        file = f"proofs/{dataset.no}.proof"
        dengji.run("proof", "get", dataset.registered_seq, "--out", file, "--url", book.url)
        # No --url: nothing here asks the node. The registrar's key is at hand, so its signature counts as well.
        proven = dengji.json("proof", "verify", file, "--log-key", book.verifier_key, "--party-keys",
                             key_file("registrar"))
        signatures = [one["signature"] for one in proven["signatures"]]
        return proven["verdict"], proven["type"], proven["numbers"], signatures

    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for dataset, proven in zip(stage.datasets, pool.map(fetch_and_verify, stage.datasets)):
            expect(f"proof of {dataset.no}", proven, ("proven", "dataset.register", [dataset.no], ["verified"]))
    narrator.say(f"{len(stage.datasets)} of {len(stage.datasets)} proven: the registrar's signature, the path to the root, "
                 "the checkpoint under the log key")

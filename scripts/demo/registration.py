"""From the description of 73 real data sets to 73 registrations: import with its quality report, one changed byte
found by name, application, review, public notice, registration."""

import collections
import json
import pathlib
import shutil

from narrator import expect, yuan
from policies import REGISTRATION_FEE
from stage import Dataset

EXPECTED = 73
CHANGED_FILE = "penguins.json"
# Suzhou's supplier brings the data of these industries, Nanjing's the others.
OF_SUZHOU = {"transport", "low_altitude", "finance", "government", "safety", "other"}


def industries():
    """Name of a data set → its industry; no description says it, so the suppliers do."""
    text = (pathlib.Path(__file__).parent / "industries.json").read_text(encoding="utf-8")
    return {name: industry for industry, names in json.loads(text).items() for name in names}


def defaults(stage):
    """What the description does not say and each application must (docs/formats.md, "Defaults of an import")."""
    return {
        "defaults": {
            "category": "general", "industry": "other", "right": "hold", "grade": "general", "personal_data": False,
            "cross_border": False, "supply_modes": ["catalogue"], "modalities": ["tabular"],
            "source": {"kind": "licensed", "note": "npm package vega-datasets"},
            "licence": {"name": "as described", "commercial": False, "derivatives": True, "redistribution": True},
            "commitment": stage.papers.hash("commitment.txt", "We commit ourselves to what we state here. 承诺书")},
        "resources": [{"resource": name, "set": {"industry": industry}} for name, industry in industries().items()]}


def import_all(stage):
    narrator, dengji, folder = stage.narrator, stage.dengji, stage.shop.folder
    narrator.act("Import of real data 导入真实数据集")
    (folder / "defaults.json").write_text(json.dumps(defaults(stage), ensure_ascii=False, indent=1), encoding="utf-8")
    imported = dengji.json("dataset", "import", stage.package / "datapackage.json", "--defaults", "defaults.json", "--out",
                           "applications", "--report", "quality.json")["datasets"]
    expect("data sets described", len(imported), EXPECTED)
    for row in imported:
        body = json.loads((folder / row["file"]).read_text(encoding="utf-8"))
        holder = "suzhou" if body["industry"] in OF_SUZHOU else "nanjing"
        stage.datasets.append(Dataset(name=row["resource"], holder=holder, industry=body["industry"], body=body))
    size = sum(dataset.body["manifest"]["bytes"] for dataset in stage.datasets)
    version = stage.datasets[0].body["content_version"]
    narrator.say(f"{EXPECTED} data sets of npm vega-datasets {version}, {size:,} bytes, SHA-256 of every file from its bytes")
    quality_report(stage)


def quality_report(stage):
    narrator = stage.narrator
    report = json.loads((stage.shop.folder / "quality.json").read_text(encoding="utf-8"))
    counts = report["counts"]
    # The package calls git's object ids sha1, every one of them; its sizes are right; 15 resources name no licence.
    expect("hashes that are git's", counts.get("hash_is_git_blob"), EXPECTED)
    expect("data sets without a licence", counts.get("licence_missing"), 15)
    expect("accepted", report["accepted"], EXPECTED)
    narrator.say("quality report 质量报告:")
    narrator.say(f"  {counts['hash_is_git_blob']} hashes are called sha1 and are in truth git's object ids (git blob); "
                 "they match the files")
    narrator.say(f"  {counts['licence_missing']} name no licence of their own, {counts['licence_without_name']} one "
                 f"without an SPDX id; {counts['source_missing']} no source")
    narrator.say(f"  {counts.get('bytes_differ', 0)} sizes are wrong, {counts.get('hash_differs', 0)} hashes")


def one_changed_byte(stage):
    """The holder keeps the list of files; what is registered is the root over it."""
    narrator, dengji, folder = stage.narrator, stage.dengji, stage.shop.folder
    narrator.act("One changed byte 一字节之差")
    root = dengji.json("dataset", "manifest", stage.package / "data", "--list", "files.ndjson")["root"]
    copy = folder / "changed"
    shutil.copytree(stage.package / "data", copy)
    same = dengji.json("dataset", "manifest", copy, "--check", "files.ndjson")
    expect("root of a copy", (same["root"], same["same"]), (root, True))
    content = bytearray((copy / CHANGED_FILE).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / CHANGED_FILE).write_bytes(content)
    done = dengji.run("dataset", "manifest", copy, "--check", "files.ndjson", "-o", "json", expect=14)
    changed = json.loads(done.stdout)
    expect("what differs", changed["differences"], [{"difference": "changed", "path": CHANGED_FILE}])
    expect("whether the root changed", changed["root"] != root, True)
    narrator.say(f"root over all {changed['files']} files {root}")
    narrator.say(f"one bit of {CHANGED_FILE} flipped   {changed['root']}")
    narrator.say(f"dengji dataset manifest --check: exit 14, changed: {changed['differences'][0]['path']}")
    shutil.rmtree(copy)


def of_both(stage, kind, parties, body_of):
    """One entry per data set, as acts for a batch."""
    return [(kind, parties(dataset), body_of(dataset)) for dataset in stage.datasets]


def apply_review_register(stage):
    narrator, book = stage.narrator, stage.book
    narrator.act("Application, review, notice, registration 申请、审核、公示、登记")
    receipts = book.submit_all("applications", of_both(
        stage, "dataset.apply", lambda dataset: [("applicant", dataset.holder)], lambda dataset: dataset.body))
    for dataset, receipt in zip(stage.datasets, receipts):
        dataset.id = receipt.entry_id
    holders = collections.Counter(dataset.holder for dataset in stage.datasets)
    narrator.say(f"applied 申请:     {len(receipts)}, of which Suzhou {holders['suzhou']} and Nanjing {holders['nanjing']}")

    registrar = [("registrar", "registrar")]
    receipts = book.submit_all("reviews", of_both(
        stage, "dataset.review", lambda _: registrar, lambda dataset: {"dataset": dataset.id, "outcome": "accept"}))
    for dataset, receipt in zip(stage.datasets, receipts):
        dataset.fee = receipt.number("fee")
        expect(f"registration fee of {dataset.name}", receipt.posted("fee_assessed"), REGISTRATION_FEE)
    narrator.say(f"accepted 受理:    {len(receipts)}; each owes {yuan(REGISTRATION_FEE)}, together "
                 f"{yuan(EXPECTED * REGISTRATION_FEE)}")
    in_notice = book.objects("datasets", status="notice")
    expect("data sets in notice", len(in_notice), EXPECTED)
    expect("working days of notice", {dataset["notice_working_days"] for dataset in in_notice}, {0})
    narrator.say(f"in notice 公示:   {len(in_notice)}, for 0 working days as this demo's policy says")

    receipts = book.submit_all("registrations", of_both(
        stage, "dataset.register", lambda _: registrar, lambda dataset: {"dataset": dataset.id}))
    for dataset, receipt in zip(stage.datasets, receipts):
        dataset.no, dataset.registered_seq = receipt.number("dataset"), receipt.seq
    # A node verifies the entries of a batch side by side, so it need not take them in the order of its lines.
    stage.datasets.sort(key=lambda dataset: dataset.registered_seq)
    registered = book.objects("datasets", status="registered")
    expect("registered data sets", len(registered), EXPECTED)
    firsts = sorted(dataset["no"] for dataset in registered if dataset["first_enterprise"])
    expect("first registrations of an enterprise", firsts, sorted(first(stage, who).no for who in holders))
    narrator.say(f"registered 登记:  {len(registered)}, from {stage.datasets[0].no} to {stage.datasets[-1].no}")
    narrator.say(f"first registrations 首次登记, one per supplier: {', '.join(firsts)}")


def first(stage, holder):
    """A supplier's first data set in the order of registration."""
    return next(dataset for dataset in stage.datasets if dataset.holder == holder)

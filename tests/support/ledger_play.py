"""A ledger to play with: organisations with sealed keys, a genesis, and entries made and signed by the dengji command.

Everything lives in one folder. Standard library only.
"""

import json
import pathlib

from node_process import Cli, NodeProcess, free_port

LEDGER = "ledger.example/js-data"
# Made up; their check characters are right.
ORGS = {
    "bureau": ("11320000MB151840XJ", "bureau"),
    "finance": ("9144030071526726XG", "finance"),
    "registrar": ("914403001922038216", "registrar"),
    "platform": ("91320000MA1PLATF0T", None),
    "seller": ("91320500MA1EAMPA7Y", None),
    "buyer": ("91320100MA1EAMPB55", None),
}
ENV = {"DENGJI_PASSPHRASE": "passphrase of a test"}


class Play:
    """`data` is the folder of the store; `node` and `http` are more lines for those tables of node.toml."""

    def __init__(self, folder, data="data", node="", http=""):
        self.folder = pathlib.Path(folder)
        self.cli = Cli(env=ENV, cwd=folder)
        self.kids = {}
        self.jwks = {}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.node = NodeProcess(self.folder / "node.toml", self.url, self.folder / "node.log", env=ENV)
        for name in ORGS:
            self.new_key(name)
        for use in ("batch", "log", "cosign"):
            self.dengji("key", "new", "--use", use, "--cheap-passphrase", f"{use}.key")
        (self.folder / "genesis.toml").write_text(self.genesis_toml(), encoding="utf-8")
        self.genesis = self.dengji("ledger", "init", "--genesis", "genesis.toml", "--out", "genesis.jws")["genesis"]
        (self.folder / "node.toml").write_text(self.node_toml(data, node, http), encoding="utf-8")

    def dengji(self, *arguments, **options):
        return self.cli.json("--passphrase-env", "DENGJI_PASSPHRASE", *arguments, **options)

    def new_key(self, name):
        made = self.dengji("key", "new", "--cheap-passphrase", f"{name}.key")
        self.kids[name], self.jwks[name] = made["kid"], made["jwk"]

    def genesis_toml(self):
        text = f'ledger = "{LEDGER}"\ntitle = "江苏数据登记"\nquorum = 2\n'
        for name in ("bureau", "finance", "registrar"):
            org, role = ORGS[name]
            text += (f'[[governor]]\nid = "{org}"\nname = "{name}"\nregion = "320000"\nownership = "public"\n'
                     f'scale = "large"\nroles = ["{role}"]\nkey = "{name}.key"\n')
        return text + '[[node]]\nid = "node1"\nbatch = "batch.key"\nlog = "log.key"\ncosigner = "cosign.key"\n'

    def node_toml(self, data, node, http):
        return (f'[ledger]\nid = "{LEDGER}"\ngenesis = "genesis.jws"\ndata = "{data}"\n'
                f'[node]\nid = "node1"\nlog_key = "log.key"\npassphrase_env = "DENGJI_PASSPHRASE"\n{node}'
                f'[http]\nlisten = "127.0.0.1:{self.port}"\nbase_urls = ["{self.url}"]\n{http}')

    def payload(self, kind, parties, body, **members):
        """The payload of an entry, with these members of its own instead of the right ones."""
        arguments = []
        for role, name in parties:
            arguments += ["--party", f"{role}={ORGS[name][0]}={self.kids[name]}"]
        text = self.cli.run("entry", "new", kind, "--ledger", LEDGER, "--genesis", self.genesis, *arguments,
                            stdin=json.dumps(body)).stdout
        return json.dumps({**json.loads(text), **members}, ensure_ascii=False) if members else text

    def entry(self, kind, parties, body, **members):
        """The signed entry as bytes. `parties`: (role, name) in signing order."""
        return self.sign(self.payload(kind, parties, body, **members), [name for _, name in parties])

    def sign(self, text, names):
        for turn, name in enumerate(names):
            text = self.cli.run("--passphrase-env", "DENGJI_PASSPHRASE", "entry", "cosign" if turn else "sign", "--key",
                                f"{name}.key", stdin=text).stdout
        return text.encode()

    def post(self, entry):
        """(status, JSON of the answer)."""
        status, _, body = self.node.request("POST", "/v1/entries", body=entry, headers={"Content-Type": "application/jose+json"})
        return status, json.loads(body)

    def submit(self, kind, parties, body, expect=201):
        status, answer = self.post(self.entry(kind, parties, body))
        if status != expect:
            raise AssertionError(f"{kind} answered {status}, not {expect}: {json.dumps(answer, ensure_ascii=False)[:800]}")
        return answer

    def authorization(self, name="bureau"):
        """The header with a read token of `name`, good for five minutes."""
        token = self.cli.run("--passphrase-env", "DENGJI_PASSPHRASE", "token", "--key", f"{name}.key", "--org", ORGS[name][0],
                             "--audience", self.url).stdout.strip()
        return {"Authorization": f"Bearer {token}"}

    def export(self, name="bureau"):
        """The bytes of the whole ledger's export, fetched with a read token of a bureau or auditor."""
        status, _, body = self.node.request("GET", "/v1/export", headers=self.authorization(name))
        if status != 200:
            raise AssertionError(f"the export answered {status}: {body[:500]!r}")
        return body

    def register(self, name, region):
        org = ORGS[name][0]
        return self.submit("org.register", [("registrant", name), ("registrar", "registrar")], {
            "org": {"id": org, "name": name, "region": region, "ownership": "private", "scale": "small", "chain_roles": []},
            "keys": [{"jwk": self.jwks[name], "use": "sign"}]})

"""Who plays: nine organisations, each with its own sealed key, the ledger's own keys, and the genesis that the three
governors sign. All of them are made up; the check characters of their codes are right."""

import dataclasses

LEDGER = "ledger.example/js-data"
TITLE = "Jiangsu data registration, a demo 江苏数据登记（演示）"
GOVERNORS = ("bureau", "finance", "registrar")
QUORUM = 2


@dataclasses.dataclass
class Actor:
    name: str       # how the demo calls it; its key file is keys/<name>.key
    org: str        # unified social credit code
    title: str
    region: str     # GB/T 2260
    scale: str = "large"
    ownership: str = "public"
    role: str = ""  # in the ledger, where it has one
    kid: str = ""   # its key, once made
    jwk: dict = dataclasses.field(default_factory=dict)

    def described(self):
        return {"id": self.org, "name": self.title, "region": self.region, "ownership": self.ownership,
                "scale": self.scale, "chain_roles": []}


def cast():
    everyone = [
        Actor("bureau", "11320000MB1DEM0A2R", "Data bureau 数据局", "320000", role="bureau"),
        Actor("finance", "11320000MB1DEM0F32", "Finance department 财政", "320000", role="finance"),
        Actor("registrar", "12320000MB1REG1T0H", "Registrar 登记机构", "320000", role="registrar"),
        Actor("platform", "91320000MA1PLATF0T", "Trading platform 交易平台", "320000", ownership="state", role="platform"),
        Actor("certifier", "91320200MA1CERTF7C", "Certifier 评测机构", "320200", "medium", "state", "certifier"),
        Actor("suzhou", "91320500MA1EAMPA7Y", "Supplier in Suzhou 苏州供方", "320500", "small", "private"),
        Actor("nanjing", "91320100MA1DATAB86", "Supplier in Nanjing 南京供方", "320100", "medium", "private"),
        Actor("wuxi", "91320200MA1EAMPC35", "Buyer in Wuxi 无锡需方", "320200", "large", "private"),
        Actor("hangzhou", "91330100MA1HANGH2D", "Buyer in Hangzhou 杭州需方", "330100", "small", "private"),
    ]
    return {actor.name: actor for actor in everyone}


def key_file(name, up=""):
    """Relative to the demo's folder, or to one that lies `up` in it."""
    return f"{up}keys/{name}.key"


def make_keys(dengji, actors):
    """A sealed key for each actor, and the node's three. Sealed with little work: they are thrown away."""
    for actor in actors.values():
        made = dengji.json("key", "new", "--cheap-passphrase", key_file(actor.name))
        actor.kid, actor.jwk = made["kid"], made["jwk"]
    for use in ("batch", "log", "cosign"):
        dengji.json("key", "new", "--use", use, "--cheap-passphrase", key_file(f"node-{use}"))


def genesis_toml(actors, title=TITLE, up=""):
    """What `dengji ledger init` reads (docs/formats.md, "Genesis file"); paths are relative to it."""
    text = f'ledger = "{LEDGER}"\ntitle = "{title}"\nquorum = {QUORUM}\n'
    for name in GOVERNORS:
        actor = actors[name]
        text += (f'[[governor]]\nid = "{actor.org}"\nname = "{actor.title}"\nregion = "{actor.region}"\n'
                 f'ownership = "{actor.ownership}"\nscale = "{actor.scale}"\nroles = ["{actor.role}"]\n'
                 f'key = "{key_file(name, up)}"\n')
    return text + (f'[[node]]\nid = "node1"\nbatch = "{key_file("node-batch", up)}"\nlog = "{key_file("node-log", up)}"\n'
                   f'cosigner = "{key_file("node-cosign", up)}"\n')

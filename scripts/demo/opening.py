"""Acts before the first data set: keys, genesis, node, organisations and roles, policies, the subsidy pool."""

import actors
import policies
from book import Book, today
from narrator import expect, yuan


def node_toml(port, up=""):
    """Configuration of a node (docs/formats.md, "Config"); paths are relative to its file."""
    return (f'[ledger]\nid = "{actors.LEDGER}"\ngenesis = "genesis.jws"\ndata = "data"\n'
            f'[node]\nid = "node1"\nlog_key = "{actors.key_file("node-log", up)}"\n'
            'passphrase_env = "DENGJI_PASSPHRASE"\n'
            f'[http]\nlisten = "127.0.0.1:{port}"\nbase_urls = ["http://127.0.0.1:{port}"]\n')


def serve(stage, genesis, vkey, folder, port, up=""):
    """The book of a ledger that a new node serves from `folder`, where its genesis lies."""
    def write_config(port):
        config = folder / "node.toml"
        config.write_text(node_toml(port, up), encoding="utf-8")
        return config, f"http://127.0.0.1:{port}"

    node = stage.shop.start_node(folder, write_config, port)
    return Book(stage.dengji, node, stage.actors, actors.LEDGER, genesis, vkey)


def keys_and_genesis(stage):
    narrator, shop, dengji = stage.narrator, stage.shop, stage.dengji
    narrator.act("Keys and genesis 密钥与创世")
    (shop.folder / "keys").mkdir()
    actors.make_keys(dengji, stage.actors)
    narrator.say("nine organisations, each with its own sealed key; sealed with little work (--cheap-passphrase), for")
    narrator.say("they are thrown away:")
    narrator.table([[actor.name, actor.org, actor.title] for actor in stage.actors.values()], [12, 21])
    (shop.folder / "genesis.toml").write_text(actors.genesis_toml(stage.actors), encoding="utf-8")
    made = dengji.json("ledger", "init", "--genesis", "genesis.toml", "--out", "genesis.jws")
    shown = dengji.json("entry", "show", "genesis.jws")
    expect("signers of the genesis", len(shown["parties"]), len(actors.GOVERNORS))
    narrator.say(f"genesis of {actors.LEDGER}, signed by all {len(actors.GOVERNORS)} governors: {made['genesis']}")
    narrator.say(f"from now on an act of governance needs {actors.QUORUM} of the {len(actors.GOVERNORS)}")
    vkey = dengji.json("key", "show", actors.key_file("node-log"), "--origin", actors.LEDGER)["verifier_key"]
    (shop.folder / "log.vkey").write_text(vkey + "\n", encoding="utf-8")
    port = shop.port()
    for note in shop.notes:
        narrator.say(note)
    stage.book = serve(stage, made["genesis"], vkey, shop.folder, port)
    narrator.say(f"dengjid (process {stage.book.node.pid}) serves it at {stage.book.url}, log key {vkey.split('+')[1]}")


def organisations_and_roles(stage):
    narrator, book = stage.narrator, stage.book
    narrator.act("Organisations and roles 主体与角色")
    joining = [actor for actor in stage.actors.values() if actor.name not in actors.GOVERNORS]
    book.submit_all("organisations", [
        ("org.register", [("registrant", actor.name), ("registrar", "registrar")],
         {"org": actor.described(), "keys": [{"jwk": actor.jwk, "use": "sign"}]}) for actor in joining])
    narrator.say(f"{len(joining)} organisations registered, each signing with the key it registers; the registrar vouches")
    for name in ("platform", "certifier"):
        book.submit("role.grant", [("governor", "bureau"), ("governor", "finance")],
                    {"org": stage.org(name), "role": stage.actors[name].role})
        expect(f"roles of {name}", book.object("orgs", stage.org(name))["roles"], [stage.actors[name].role])
    narrator.say("bureau and finance, two of three governors, grant the roles of platform and certifier")


def policies_and_pool(stage):
    narrator, book = stage.narrator, stage.book
    narrator.act("Policies and the pool 政策与资金池")
    book.submit("calendar.set", [("bureau", "bureau")], policies.calendar())
    book.submit("policy.enact", [("bureau", "bureau")], policies.time_limits())
    money = [("bureau", "bureau"), ("finance", "finance")]
    for body in (policies.fee_schedule(stage.org("platform")), policies.waiver(stage.org("finance")),
                 policies.subsidy_line()):
        book.submit("policy.enact", money, body)
    narrator.say("calendar 工作日历: holidays with a fixed date; otherwise Monday to Friday")
    narrator.say("LIMITS 时限: ZERO working days of public notice (公示), since this is a demo. Ten would be usual, and a")
    narrator.say("    registration before their end is refused")
    narrator.say(f"FEES 收费: registration {yuan(policies.REGISTRATION_FEE)}; buyers {yuan(policies.BUYER_FEE_ONCE)} once; "
                 "sellers 2.5 % of what is settled")
    narrator.say("FIRST-FREE 减免: an enterprise's first registration is free, once a certificate proves the data set")
    narrator.say("SUB-TRADE 补贴: sellers of certified data get 5 % of the year's first ¥100,000, 3 % up to ¥500,000,")
    narrator.say(f"    1 % above; at most {yuan(policies.SUBSIDY_CAP)} per enterprise and year")
    # As in a budget year: a first allocation, then a raise.
    for fen in (2_000_000, 500_000):
        book.submit("pool.allocate", [("finance", "finance")], {
            "pool": policies.POOL, "year": today().year, "amount_fen": fen})
    available = book.balance(f"pool/{policies.POOL}/{today().year}/available")
    expect("available in the pool", available, 2_500_000)
    narrator.say(f"finance gives {yuan(2_000_000)} and then {yuan(500_000)} to the pool {policies.POOL}: "
                 f"{yuan(available)} available")

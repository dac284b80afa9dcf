"""Plays one ledger's story on real data, checks every step, and ends with what the ledger says.

    scripts/demo.sh [--folder DIR] [--port N]

Needs the built programs (DENGJI_BIN_DIR, default build/release/bin) and the fetched data (scripts/fetch_data.sh).
"""

import argparse
import atexit
import pathlib
import subprocess
import sys

import actors
import attacks
import certification
import closing
import filings
import opening
import policies
import proofs
import registration
import trading
from book import Dengji, today
from narrator import Narrator
from papers import Papers
from stage import Stage
from workshop import PASSPHRASE, ROOT, Failed, Stopped, Workshop, tail

ACTS = [
    opening.keys_and_genesis, opening.organisations_and_roles, opening.policies_and_pool,
    registration.import_all, registration.one_changed_byte, registration.apply_review_register,
    certification.ratings, certification.certificates_and_waivers,
    trading.trades, trading.subsidies, trading.refund_and_clawback, filings.filings,
    proofs.audit, proofs.certificate, proofs.registrations, attacks.attacks, closing.table,
]


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/demo.sh", description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build" / "demo",
                        help="made anew; an old one is removed if a demo made it (default build/demo)")
    parser.add_argument("--port", type=int, default=8480, help="on loopback; another one if it is taken")
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "build" / "data" / "node_modules" / "vega-datasets",
                        help="the fetched package")
    return parser.parse_args()


def shown(path):
    """Relative to where the user stands, if that is shorter."""
    path = pathlib.Path(path)
    try:
        return str(path.relative_to(pathlib.Path.cwd()))
    except ValueError:
        return str(path)


def play(shop, narrator, package):
    dengji = Dengji(shop.folder)
    stage = Stage(shop, narrator, dengji, actors.cast(), package, Papers(dengji, shop.folder))
    print(f"dengji 登记: one ledger's story on real data. Everything is in {shown(shop.folder)}", flush=True)
    for act in ACTS:
        act(stage)
    if stage.shop.stop_node(stage.book.node) != 0:
        raise Failed("the node did not end cleanly")
    farewell(stage)


def farewell(stage):
    folder, seconds = shown(stage.shop.folder), stage.narrator.seconds()
    print(f"""
Done in {seconds:.0f} s; the node is stopped and nothing is left running. In {folder}:
  entries/ receipts/ proofs/  every entry as signed, its receipt, the proof of every registration
  export.ndjson               the ledger as it was audited; log.vkey the key that signs its checkpoints
  quality.json applications/  the quality report and the 73 applications
  commands.log node.log       every command with its exit code, and the node's log

Try next:
  cd {stage.shop.folder}
  export PATH={stage.dengji.cli.binary.rsplit('/', 1)[0]}:$PATH DENGJI_PASSPHRASE={PASSPHRASE}
  export DENGJI_URL={stage.book.url} DENGJI_LOG_KEY="$(cat log.vkey)"
  dengji audit export.ndjson
  dengji proof verify proofs/{stage.datasets[0].no}.proof --party-keys keys/registrar.key
  dengjid --config node.toml &
  curl "$DENGJI_URL/v1/datasets?industry=finance"
  dengji certificate verify {stage.datasets[0].certificate}
  dengji account statement pool/{policies.POOL}/{today().year}/available --passphrase-env DENGJI_PASSPHRASE \\
    --key keys/bureau.key --org {stage.org('bureau')}
  kill %1""", flush=True)


def main():
    options = arguments()
    shop = Workshop(options.folder, options.port)
    atexit.register(shop.close)  # even if a signal arrives between the lines of the ending below
    narrator = Narrator()
    try:
        if not (options.data / "datapackage.json").is_file():
            raise Failed(f"{options.data} holds no datapackage.json; scripts/fetch_data.sh fetches it")
        shop.open()
        play(shop, narrator, options.data)
        return 0
    except (Failed, AssertionError, OSError, subprocess.SubprocessError, LookupError, ValueError) as failure:
        print(f"\ndemo: FAILED in {narrator.step}:\n{type(failure).__name__}: {failure}", file=sys.stderr)
        if shop.is_open:
            print(f"demo: commands are in {shown(shop.folder / 'commands.log')}; the node's log "
                  f"{shown(shop.folder / 'node.log')} ends with\n{tail(shop.folder / 'node.log', 8)}", file=sys.stderr)
        return 1
    except Stopped as stopped:
        print(f"\ndemo: stopped by {stopped} in {narrator.step}; nothing is left running", file=sys.stderr)
        shop.close()
        return 128 + stopped.number
    finally:
        shop.close()


if __name__ == "__main__":
    sys.exit(main())

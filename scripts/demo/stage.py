"""What every act of the story is handed, and what one act leaves for the next."""

import dataclasses
import pathlib

from actors import Actor
from book import Book, Dengji, Receipt
from narrator import Narrator
from papers import Papers
from workshop import Workshop


@dataclasses.dataclass
class Dataset:
    """One of the data sets, from its description to its certificate."""

    name: str            # in the package's description
    holder: str          # actor
    industry: str
    body: dict           # of its dataset.apply
    id: str = ""         # entry_id of the application
    no: str = ""         # DJ number
    fee: str = ""        # FY number of its registration fee
    registered_seq: int = -1
    certificate: str = ""  # ZS number


@dataclasses.dataclass
class Stage:
    shop: Workshop
    narrator: Narrator
    dengji: Dengji
    actors: dict[str, Actor]
    package: pathlib.Path  # the fetched vega-datasets
    papers: Papers
    book: Book | None = None
    datasets: list[Dataset] = dataclasses.field(default_factory=list)
    big_trade: str = ""    # JY number of the trade that is refunded in part
    second: Receipt | None = None  # of the second settlement of it
    capped: str = ""       # BT number of the claim that reached the cap
    export: str = ""       # the export's file, once fetched

    def org(self, name):
        return self.actors[name].org

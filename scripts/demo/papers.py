"""The papers of the story: contracts, vouchers, letters, test reports. Entries hold only their SHA-256, which
`dengji dataset manifest` computes; the papers stay with whoever has them, here in papers/."""

import json


class Papers:
    def __init__(self, dengji, folder):
        self.dengji = dengji
        self.folder = folder / "papers"
        self.folder.mkdir()

    def hash(self, name, text):
        """Writes one paper and says its hash, base64url."""
        (self.folder / name).write_text(text + "\n", encoding="utf-8")
        lines = self.dengji.run("dataset", "manifest", f"papers/{name}", "--list", "-").stdout.splitlines()
        return json.loads(lines[1])["sha256"]  # after the header, one line per file

    def contract(self, name, subject, fen):
        return self.hash(f"contract-{name}.txt", f"Contract {name} on {subject}: {fen} fen")

    def voucher(self, name, fen):
        """A bank voucher of one line over `fen`."""
        return {"hash": self.hash(f"voucher-{name}.txt", f"Bank voucher {name}: {fen} fen"), "line": 1, "total_fen": fen}

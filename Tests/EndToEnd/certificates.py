"""A certificate authority of the tests' own, made with openssl."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Identity:
    """What a TLS server shows: its certificate, and the key to it."""

    certificate: Path
    key: Path


class Authority:
    """Issues server certificates; `certificate` is the file that a client has to trust."""

    def __init__(self, folder):
        self.folder = Path(folder)
        made = self.self_signed("authority", "end-to-end tests", is_authority=True)
        self.certificate, self._key = made.certificate, made.key

    def self_signed(self, name, subject="localhost", is_authority=False):
        identity = self._paths(name)
        extension = "basicConstraints=critical,CA:TRUE" if is_authority else "subjectAltName=DNS:localhost,IP:127.0.0.1"
        self._openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", f"/CN={subject}", "-addext", extension, "-keyout", identity.key, "-out", identity.certificate)
        return identity

    def issue(self, name, names="DNS:localhost,IP:127.0.0.1", expired=False):
        """A certificate of this authority for these names."""
        identity = self._paths(name)
        asked = self.folder / f"{name}.csr"
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={names}\nextendedKeyUsage=serverAuth\n")
        self._openssl(
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", f"/CN={name}", "-keyout", identity.key, "-out", asked)
        dates = ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"] if expired else ["-days", "2"]
        database = self.folder / f"{name}.db"
        database.write_text("")
        config = self.folder / f"{name}.cnf"
        config.write_text(
            f"[ca]\ndefault_ca=own\n[own]\ndatabase={database}\nnew_certs_dir={self.folder}\nrand_serial=yes\n"
            "default_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n")
        self._openssl(
            "ca", "-batch", "-notext", "-config", config, "-cert", self.certificate, "-keyfile", self._key,
            "-extfile", extensions, "-in", asked, "-out", identity.certificate, *dates)
        return identity

    def _paths(self, name):
        return Identity(self.folder / f"{name}.pem", self.folder / f"{name}.key")

    @staticmethod
    def _openssl(*arguments):
        done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True)
        assert done.returncode == 0, f"openssl {arguments[0]}: {done.stderr}"

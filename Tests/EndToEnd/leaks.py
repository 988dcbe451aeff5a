"""Looks for secrets in bytes: as they are, encoded, or in pieces."""

import base64
import json
import urllib.parse

# A piece that long is a secret, too: keys are echoed shortened.
WINDOW = 12


def windows(secret):
    """Every run of twelve characters of a secret."""
    data = secret.encode()
    return [data[at : at + WINDOW] for at in range(max(1, len(data) - WINDOW + 1))]


def forms(secret):
    """What a secret may look like: name of the form → the bytes to look for."""
    data = secret.encode()
    found = {f"window {at}": piece for at, piece in enumerate(windows(secret))}
    found["raw"] = data
    # Inside base64 a text shows in three ways, by where it begins among three bytes; its rims belong to its neighbours.
    for shift in range(3):
        plain = base64.b64encode(b"\x00" * shift + data)[(0, 2, 3)[shift] :]
        rim = (len(data) + shift) % 3
        core = plain.rstrip(b"=")[: -1 if rim else None]
        found[f"base64 {shift}"] = core
        found[f"base64url {shift}"] = core.replace(b"+", b"-").replace(b"/", b"_")
    for name, text in {
        "percent": urllib.parse.quote(secret, safe=""),
        "percent, lower case": _lower_percent(urllib.parse.quote(secret, safe="")),
        "percent, all": "".join(f"%{byte:02X}" for byte in data),
        "hex": data.hex(),
        "HEX": data.hex().upper(),
        "reversed": secret[::-1],
        "JSON": json.dumps(secret)[1:-1],
        "JSON with slashes": json.dumps(secret)[1:-1].replace("/", "\\/"),
    }.items():
        found[name] = text.encode()
    return found


def _lower_percent(text):
    parts = text.split("%")
    return parts[0] + "".join(f"%{part[:2].lower()}{part[2:]}" for part in parts[1:])


def find(secrets, data):
    """The secrets that are in `data`: (name, form) for each; `secrets` is name → text."""
    found = []
    for name, secret in secrets.items():
        hit = next((form for form, piece in forms(secret).items() if piece in data), None)
        if hit:
            found.append((name, hit))
    return found

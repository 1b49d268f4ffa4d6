"""Holds an archive folder, and packs, against other people's tools.

Usage: validate_archive.py ARCHIVE_DIR [PACK.wacz ...]
Needs from PyPI: warcio, wacz, pywb (cdxj-indexer and surt come with them).

- `warcio check` on every WARC file: every digest holds, nothing is said.
- `cdxj-indexer`: finds the same keys, places and digests as our own index.
- `wacz validate` on every pack.
- pywb: every HTML page of the index replays with its status, from the WARC files and from the
  packs, and the server has nothing to warn of.
"""

import gzip
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile

BIN = pathlib.Path(sys.executable).parent
# Enough to see that replay works; a year's archive would take all night.
MOST_PAGES = 50


def tool(name):
    """The script of a package, beside this Python or on the path."""
    return str(BIN / name) if (BIN / name).exists() else name


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    said = (done.stdout + done.stderr).strip()
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{said}")
    return said


def index_of(text):
    """Key, place and digest of every line that replay can use."""
    rows = set()
    for line in text.splitlines():
        key, stamp, fields = line.split(" ", 2)
        fields = json.loads(fields)
        if "status" in fields:
            rows.add((key, stamp, fields["offset"], fields["length"], fields["digest"], fields["mime"]))
    return rows


def check_warc(warc):
    said = run(tool("warcio"), "check", str(warc))
    if said:
        sys.exit(f"warcio check {warc}: {said}")
    theirs = index_of(run(tool("cdxj-indexer"), "--post-append", str(warc)))
    ours = index_of(warc.with_name(warc.name.replace(".warc.gz", ".cdxj")).read_text())
    if theirs != ours:
        sys.exit(f"{warc}: indexes differ\nonly theirs: {theirs - ours}\nonly ours: {ours - theirs}")
    return len(ours)


def check_pack(pack):
    said = run(tool("wacz"), "validate", "-f", str(pack))
    if "is valid" not in said or "not listed" in said:
        sys.exit(f"wacz validate {pack}: {said}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def pages_of(index):
    """Timestamp, address and status of HTML captures."""
    found = []
    for line in index.splitlines():
        _, stamp, fields = line.split(" ", 2)
        fields = json.loads(fields)
        if fields["mime"] == "text/html" and "method" not in fields:
            found.append((stamp, fields["url"], int(fields["status"])))
    return found[:MOST_PAGES]


def replay(files, index):
    home = pathlib.Path(tempfile.mkdtemp())
    try:
        run(tool("wb-manager"), "init", "c", cwd=home)
        unpack = ["--unpack-wacz"] if str(files[0]).endswith(".wacz") else []
        run(tool("wb-manager"), "add", *unpack, "c", *[str(f.resolve()) for f in files], cwd=home)
        port = free_port()
        with open(home / "log", "w") as log:
            server = subprocess.Popen(
                [tool("wayback"), "-b", "127.0.0.1", "-p", str(port)], cwd=home, stdout=log, stderr=log
            )
            try:
                return visit(port, pages_of(index))
            finally:
                server.terminate()
                server.wait()
                said = (home / "log").read_text()
                if "warn" in said.lower() or "traceback" in said.lower():
                    sys.exit(f"pywb: {said}")
    finally:
        shutil.rmtree(home)


def visit(port, pages):
    base = f"http://127.0.0.1:{port}/c"
    for _ in range(100):
        try:
            urllib.request.urlopen(base, timeout=5)
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.3)
    for stamp, url, status in pages:
        got, body = fetch(f"{base}/{stamp}id_/{url}")
        if got != status or (status == 200 and not body):
            sys.exit(f"pywb: {url} at {stamp}: status {got}, {len(body)} bytes; archived with {status}")
    return len(pages)


def main():
    archive, *packs = (pathlib.Path(argument) for argument in sys.argv[1:])
    warcs = sorted(archive.glob("*.warc.gz"))
    captures = sum(check_warc(warc) for warc in warcs)
    index = "".join(warc.with_name(warc.name.replace(".warc.gz", ".cdxj")).read_text() for warc in warcs)
    pages = replay(warcs, index) if warcs else 0
    print(f"{len(warcs)} WARC files, {captures} captures, {pages} pages replayed")
    for pack in packs:
        check_pack(pack)
        with zipfile.ZipFile(pack) as wacz:
            inside = gzip.decompress(wacz.read("indexes/index.cdx.gz")).decode()
        print(f"{pack}: valid, {replay([pack], inside)} pages replayed")


if __name__ == "__main__":
    main()

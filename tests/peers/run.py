"""Kartka's figures beside other engines, in one run on one machine: `python3 tests/peers/run.py [--only NAME]`.

Installs the engines from their registries into a folder outside the checkout, runs each with the same load, and prints
one table. Nothing is asserted: what was measured goes into docs/performance.md with the machine and versions.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CACHE = pathlib.Path(os.environ.get("KARTKA_CACHE", pathlib.Path.home() / ".cache" / "kartka")) / "peers"
ENGINES = ["plain", "powersync", "automerge", "yrs", "loro"]


def run(args, **more):
    print("·", *args, file=sys.stderr, flush=True)
    return subprocess.run(args, check=True, text=True, **more)


def python():
    """A Python of its own with Anki, and a libclang for the build of PowerSync's core."""
    home = CACHE / "venv"
    if not home.exists():
        venv.create(home, with_pip=True)
    out = home / "bin" / "python"
    run([out, "-m", "pip", "install", "-q", "-r", HERE / "requirements.txt"], stdout=sys.stderr)
    return out


def node():
    home = CACHE / "node"
    home.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        (home / name).write_bytes((HERE / name).read_bytes())
    run(["npm", "ci", "--silent", "--ignore-scripts"], cwd=home, stdout=sys.stderr)
    return home


def engines(interpreter):
    native = next(pathlib.Path(interpreter).parent.parent.glob("lib/python3*/site-packages/clang/native"))
    headers = run(["gcc", "-print-file-name=include"], stdout=subprocess.PIPE).stdout.strip()
    target = CACHE / "target"
    env = {**os.environ, "CARGO_TARGET_DIR": str(target), "LIBCLANG_PATH": str(native),
           "BINDGEN_EXTRA_CLANG_ARGS": f"-I{headers}"}
    run(["cargo", "build", "--release", "--locked"], cwd=HERE / "engines", env=env)
    return target / "release" / "kartka-peers"


def figures(args, **more):
    """What a program says, one JSON object a line."""
    lines = run(args, stdout=subprocess.PIPE, **more).stdout.splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def parts():
    def kartka():
        return figures(["cargo", "bench", "--locked", "-p", "kartka-tests", "--bench", "figures", "--", "--peers"], cwd=ROOT)

    def anki():
        return figures([python(), HERE / "anki_figures.py"])

    def pouchdb():
        return figures(["node", HERE / "pouchdb_figures.cjs"], cwd=node())

    def crsqlite():
        return figures(["node", HERE / "crsqlite_figures.mjs"], cwd=node())

    def engine(name):
        return lambda: figures([engines(python()), name])

    out = {"kartka": kartka, "anki": anki, "pouchdb": pouchdb, "cr-sqlite": crsqlite}
    return out | {name: engine(name) for name in ENGINES}


def table(said):
    rows = {}
    for one in said:
        rows.setdefault((one["figure"], one["unit"]), {})[one["engine"]] = one["value"]
    print("| figure | Kartka | others |")
    print("| --- | --- | --- |")
    for (figure, unit), by in rows.items():
        ours = by.pop("Kartka", None)
        show = lambda value: f"{value:,.1f}" if value < 1000 else f"{value:,.0f}"  # noqa: E731
        beside = " · ".join(
            f"{name} {show(value)}" + (f" ({ours / value:.2f}×)" if ours is not None else "") for name, value in by.items()
        )
        print(f"| {figure}, {unit} | {show(ours) if ours is not None else '–'} | {beside} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=None, help="names of parts")
    wanted = parser.parse_args().only
    said = []
    for name, part in parts().items():
        if wanted is None or name in wanted:
            said += part()
    table(said)


main()

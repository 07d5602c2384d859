#!/usr/bin/env python3
"""Checks the include directions of the house (ARCHITECTURE.md).

usage: check_arrows.py SOURCE_DIR
"""
import pathlib
import re
import sys

# box → boxes that its files may include (besides itself)
ALLOWED = {
    "model/base": [],
    "model/trace": ["model/base"],
    "model/store": ["model/base", "model/trace"],
    "model/analysis": ["model/base", "model/trace"],
    "importers": ["model/base", "model/trace"],
    "views": ["model"],
    "app": ["views", "importers", "model"],
}
QT_FREE = ("model/", "importers/")


def box_of(path):
    return next((box for box in ALLOWED if path.startswith(box + "/")), None)


def main():
    root = pathlib.Path(sys.argv[1])
    wrong = []
    for path in sorted(p for top in ("model", "importers", "views", "app") for p in (root / top).rglob("*") if p.suffix in (".h", ".cpp")):
        name = path.relative_to(root).as_posix()
        box = box_of(name)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            own = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            system = re.match(r"\s*#\s*include\s+<([^>]+)>", line)
            if own:
                target = own.group(1)
                if target.startswith("generated") or target.endswith(".moc"):
                    continue
                if not (root / target).exists() and not (root / f"{target}.in").exists():
                    wrong.append(f"{name}:{number}: {target} is not written from the root")
                elif box_of(target) != box and not any(target.startswith(a + "/") for a in ALLOWED[box]):
                    wrong.append(f"{name}:{number}: {box} may not include {target}")
                elif name.startswith("importers/formats/") and target.startswith("importers/formats/"):
                    if pathlib.PurePath(target).stem.split("_")[0] != pathlib.PurePath(name).stem.split("_")[0]:
                        wrong.append(f"{name}:{number}: formats do not include each other")
            elif system and name.startswith(QT_FREE) and re.match(r"Q[A-Z]|Qt", system.group(1)):
                wrong.append(f"{name}:{number}: no Qt in {box}")
            elif system and name.startswith("views/") and system.group(1).startswith("sqlite"):
                wrong.append(f"{name}:{number}: views do not know SQLite")
    print("\n".join(wrong) or "all arrows point the right way")
    sys.exit(1 if wrong else 0)


main()

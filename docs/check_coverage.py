# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Check docs/coverage.csv: every line in scope is answered, every test exists.

    python docs/check_coverage.py

``docs/coverage_scope.txt`` names the requirement lines of the finished work, a range or
an ID each. IDs are those of requirement lines or key figures. A row of the CSV: id,
answer (odoo, built, left), where, test, reason. Tests are ``path::Class::test_name`` or
``path::test_name``, several divided by blanks; a ``built`` line needs one, a ``left``
line needs a reason.
"""

import ast
import csv
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ANSWERS = ("odoo", "built", "left")


def scope():
    """IDs in scope, from lines such as ``INC-07..INC-14`` or ``SLM-35``."""
    ids = []
    for line in (ROOT / "docs/coverage_scope.txt").read_text("utf-8").splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        first, _dots, last = line.partition("..")
        prefix, number = first.split("-")
        end = int(last.split("-")[1]) if last else int(number)
        ids += [f"{prefix}-{n:02}" for n in range(int(number), end + 1)]
    return ids


def tests_of(path):
    """Names of the tests in a file, alone and with their class."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef):
            for item in node.body:
                if isinstance(item, ast.FunctionDef):
                    names.add(f"{node.name}::{item.name}")
        elif isinstance(node, ast.FunctionDef):
            names.add(node.name)
    return names


def check():
    """Yield what is wrong, one sentence each."""
    with open(ROOT / "docs/coverage.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    answered = [row["id"] for row in rows]
    for requirement in scope():
        if requirement not in answered:
            yield f"{requirement}: no row"
    for requirement in {name for name in answered if answered.count(name) > 1}:
        yield f"{requirement}: two rows"
    for row in rows:
        name = row["id"]
        if not re.fullmatch(r"[A-Z]{2,3}-\d{2}|K\d{2}", name):
            yield f"{name}: not an ID"
        if row["answer"] not in ANSWERS:
            yield f"{name}: answer {row['answer']!r} is none of {', '.join(ANSWERS)}"
        if not row["where"] and row["answer"] != "left":
            yield f"{name}: says not where"
        if row["answer"] == "built" and not row["test"]:
            yield f"{name}: built without a test"
        if row["answer"] == "left" and not row["reason"]:
            yield f"{name}: left without a reason"
        for test in row["test"].split():
            path, _colons, function = test.partition("::")
            if not (ROOT / path).is_file():
                yield f"{name}: no file {path}"
            elif function not in tests_of(ROOT / path):
                yield f"{name}: no test {function} in {path}"


def main():
    problems = list(check())
    print("\n".join(problems) or "every line in scope is answered")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

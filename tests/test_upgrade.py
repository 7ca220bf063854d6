# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Data outlives code: a database of the previous landing, upgraded, is like a new one.

The commit in ``landing.txt`` is installed with its demo data into a database of its
own; a second process upgrades it to the addons of this checkout. Its schema and
configuration must then be those of the suite's own database, which is a fresh
installation, and its data must read as before. See docs/upgrading.md. It takes one to
two minutes.
"""

import contextlib
import datetime
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
from io import BytesIO

from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import config

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
LANDING = HERE / "landing.txt"
#: ``{(model, field): why}``: what reads otherwise after this upgrade on purpose. To be
#: emptied when the landing advances.
INTENDED = {
    ("itsm.ci.attribute", "name"): "Medium of libraries is called Storage Medium",
    ("itsm.ci", "attributes"): "the same",
}
#: How many differences a failure shows.
SHOWN = 40


def load(name):
    """A Python file beside this one."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


database_shape = load("database_shape")


def landing():
    """The commit to upgrade from."""
    lines = LANDING.read_text("utf-8").splitlines()
    return next(line.strip() for line in lines if line and not line.startswith("#"))


def addons_of(commit, folder):
    """Write the addons of ``commit`` to ``folder``; skip if this checkout lacks it."""
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), "archive", commit, "addons"], capture_output=True
        )
    except FileNotFoundError:
        raise unittest.SkipTest(
            f"The upgrade from {commit[:9]} is not tested: there is no git here."
        ) from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise unittest.SkipTest(
            f"The upgrade from {commit[:9]} is not tested: this checkout does not have "
            f"that commit ({said[-1] if said else 'git says nothing'})."
        )
    with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "addons"


def run_odoo(addons, *arguments, **kwargs):
    """One Odoo process with these addons; what it logs as an error is a failure."""
    env = {
        **os.environ,
        **kwargs.pop("env", {}),
        "ODOO_ADDONS_PATH": str(addons),
    }
    if config["config"]:
        env["ODOO_RC"] = str(config["config"])
    done = subprocess.run(
        [sys.executable, "-m", "odoo", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=env,
        **kwargs,
    )
    said = done.stdout + done.stderr
    errors = [line for line in said.splitlines() if " ERROR " in line]
    errors += [line for line in said.splitlines() if " CRITICAL " in line]
    if done.returncode or errors or "Traceback" in said:
        raise AssertionError(
            f"odoo {' '.join(map(str, arguments))}\n"
            + "\n".join(errors[:10] + said.splitlines()[-40:])
        )


@tagged("post_install", "-at_install", "standard")
class TestUpgrade(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="itsm-upgrade-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        old_addons = addons_of(landing(), cls.folder)
        cls.database = f"{get_db_name()}_landing"
        cls._drop()
        cls.addClassCleanup(cls._drop)
        with contextlib.closing(db_connect("postgres").cursor()) as cursor:
            cursor._cnx.autocommit = True
            cursor.execute(
                f"CREATE DATABASE \"{cls.database}\" ENCODING 'UTF8' TEMPLATE template0"
            )
        cls._odoo(old_addons, "-i", "itsm", "--with-demo")
        now = datetime.datetime.now(datetime.timezone.utc)
        cls.now = f"{now:%Y-%m-%d %H:%M:%S}"
        cls.before = cls._figures(old_addons, "before")
        cls._odoo(ROOT / "addons", "-u", ",".join(cls._ours()))
        cls.after = cls._figures(ROOT / "addons", "after")
        cls.upgraded = cls._shape(cls.database)
        cls.fresh = cls._shape(get_db_name())

    @classmethod
    def _ours(cls):
        return sorted(
            path.parent.name for path in ROOT.glob("addons/*/__manifest__.py")
        )

    @classmethod
    def _odoo(cls, addons, *arguments):
        run_odoo(
            addons,
            *("-d", cls.database, f"--addons-path={addons}", *arguments),
            *("--no-http", "--max-cron-threads=0", "--stop-after-init"),
            "--log-level=warn",
        )

    @classmethod
    def _figures(cls, addons, name):
        """What ``upgrade_figures.py`` reads with the code in ``addons``."""
        with open(HERE / "upgrade_figures.py", encoding="utf-8") as script:
            run_odoo(
                addons,
                *("shell", "-d", cls.database, f"--addons-path={addons}"),
                *("--no-http", "--log-level=warn"),
                stdin=script,
                env={
                    "UPGRADE_NOW": cls.now,
                    "UPGRADE_BEFORE": str(cls.folder / "before.json"),
                    "UPGRADE_AFTER": str(cls.folder / "after.json"),
                },
            )
        return json.loads((cls.folder / f"{name}.json").read_text("utf-8"))

    @classmethod
    def _shape(cls, database):
        sections = {
            **database_shape.SCHEMA,
            **database_shape.CONFIGURATION,
            **database_shape.RECORDS,
        }
        with contextlib.closing(db_connect(database).cursor()) as cursor:
            return database_shape.shape(cursor, sections)

    @classmethod
    def _drop(cls):
        with contextlib.closing(db_connect("postgres").cursor()) as cursor:
            cursor._cnx.autocommit = True
            cursor.execute(f'DROP DATABASE IF EXISTS "{cls.database}" WITH (FORCE)')
        shutil.rmtree(config.filestore(cls.database), ignore_errors=True)

    def assertNothing(self, lines, what):
        if lines:
            more = [f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
            self.fail(
                f"{what} of a database of {landing()[:9]}, upgraded:\n"
                + "\n".join(lines[:SHOWN] + more)
                + "\nWhat moves needs a migration script (docs/upgrading.md)."
            )

    def _compare(self, sections, extra=True):
        wanted, found = (
            {name: shape[name] for name in sections}
            for shape in (self.fresh, self.upgraded)
        )
        return database_shape.differences(
            wanted, found, "a fresh installation", "the upgraded database", extra
        )

    def test_same_addons(self):
        """Both databases hold the same addons, so that they can be compared."""
        self.assertNothing(self._compare(["module"]), "addons")

    def test_schema(self):
        """Tables, columns, types, NOT NULL, constraints, indexes: as installed anew."""
        self.assertNothing(self._compare(database_shape.SCHEMA), "schema")

    def test_configuration(self):
        """Fields, groups, rights, rules, menus, views and crons: as installed anew."""
        self.assertNothing(
            self._compare(set(database_shape.CONFIGURATION) - {"module"}),
            "configuration",
        )

    def test_records(self):
        """Every record that our addons ship is there; demo records may be more."""
        ours = tuple(f"record {name}." for name in self._ours())
        lines = self._compare(["record"], extra=False)
        self.assertNothing(
            [line for line in lines if line.startswith(ours)], "shipped records"
        )

    def test_data(self):
        """Tickets, logs, clocks, alerts and agreements read as before the upgrade."""
        records = self.before["records"]
        for model in ("helpdesk.ticket", "itsm.clock", "itsm.ticket.event"):
            self.assertGreater(len(records[model]), 150, model)
        lines = []
        for model, rows in records.items():
            if model not in self.after["records"]:
                lines.append(f"{model}: the model is gone with {len(rows)} records")
                continue
            now = self.after["records"][model]
            gone = [record for record in rows if record not in now]
            if gone:
                lines.append(f"{model}: {len(gone)} records are gone: {gone[:10]}")
            lines += self._compare_fields(model, rows, now)
        self.assertNothing(lines, "data")

    def _compare_fields(self, model, before, after):
        lines = []
        for name in self.before["names"][model]:
            if (model, name) in INTENDED:
                continue
            apart = [
                (record, values[name], after[record].get(name, "no such field"))
                for record, values in before.items()
                if record in after and values[name] != after[record].get(name, "")
            ]
            if apart:
                record, old, new = apart[0]
                lines.append(
                    f"{model}.{name}: {len(apart)} of {len(before)} records read "
                    f"otherwise, e.g. {record}: {old!r} before, {new!r} after"
                )
        return lines

    def test_silent(self):
        """No mail, message, activity, follower, log row, clock or alert is added,
        neither by the upgrade nor by the scheduled actions right after it."""
        before, after = self.before["counts"], self.after["counts"]
        self.assertNothing(
            [
                f"{model}: {before[model]} before, {after[model]} after"
                for model in before
                if before[model] != after[model]
            ],
            "counts",
        )

    def test_rights(self):
        """Nobody loses a group by an upgrade."""
        lines = []
        for login, groups in self.before["rights"].items():
            lost = sorted(set(groups) - set(self.after["rights"].get(login, [])))
            if lost:
                lines.append(f"{login} lost {', '.join(lost)}")
        self.assertNothing(lines, "rights")

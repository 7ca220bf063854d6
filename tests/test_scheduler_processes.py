# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The scheduler in processes of its own: killed in the middle, and two at once.

On a copy of the test database, because what is tested is what is committed.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import uuid

import psycopg2
import pytest

from odoo.tests import get_db_name
from odoo.tools import config

SCRIPT = pathlib.Path(__file__).with_name("scheduler_process.py")
TICKETS = 120  # three batches of scheduler_process.BATCH
PATIENCE = 120  # seconds; a loaded machine is slow, a process that hangs is an error


class Database:
    """A copy of the test database and the processes that work on it."""

    def __init__(self):
        self.source = get_db_name()
        self.name = f"{self.source}-{uuid.uuid4().hex[:8]}"
        self.environment = dict(os.environ)
        for variable, option in (
            ("PGHOST", "db_host"),
            ("PGPORT", "db_port"),
            ("PGUSER", "db_user"),
            ("PGPASSWORD", "db_password"),
        ):
            if config[option]:
                self.environment[variable] = str(config[option])
        self.processes = []

    def connect(self, name=None):
        names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user",
                 "PGPASSWORD": "password"}  # fmt: skip
        return psycopg2.connect(
            dbname=name or self.name,
            **{
                key: self.environment[variable]
                for variable, key in names.items()
                if self.environment.get(variable)
            },
        )

    def administer(self, statement):
        connection = self.connect("postgres")
        connection.autocommit = True
        try:
            connection.cursor().execute(statement)
        finally:
            connection.close()

    def copy(self):
        """By a dump: a template could not have the connections of the tests."""
        if not shutil.which("pg_dump") or not shutil.which("psql"):
            pytest.skip("pg_dump and psql are needed to copy the test database")
        try:
            self.administer(f'CREATE DATABASE "{self.name}"')
        except psycopg2.Error as error:
            pytest.skip(f"the test database cannot be copied: {error}")
        dump = subprocess.Popen(
            ["pg_dump", "--no-owner", self.source],
            stdout=subprocess.PIPE,
            env=self.environment,
        )
        subprocess.run(
            ["psql", "-q", "-v", "ON_ERROR_STOP=1", self.name],
            stdin=dump.stdout,
            stdout=subprocess.DEVNULL,
            check=True,
            env=self.environment,
        )
        assert dump.wait() == 0

    def drop(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        self.administer(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def start(self, *arguments):
        addons = config["addons_path"]
        process = subprocess.Popen(
            [
                sys.executable,
                str(SCRIPT),
                *arguments,
                "--",
                "--addons-path",
                addons if isinstance(addons, str) else ",".join(addons),
                "--data-dir",
                config["data_dir"],
                "--max-cron-threads=0",
                "-d",
                self.name,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self.environment,
            text=True,
        )
        self.processes.append(process)
        return process

    def prepare(self):
        assert self.start("prepare", str(TICKETS)).wait(PATIENCE) == 0

    def worker(self, *arguments):
        """A scheduler that waits for the word to begin."""
        process = self.start("work", *arguments)
        assert process.stdout.readline().strip() == "ready"
        return process

    def rows(self, query):
        connection = self.connect()
        try:
            cursor = connection.cursor()
            cursor.execute(query)
            return cursor.fetchall()
        finally:
            connection.close()

    def release(self, lot):
        """Let the clocks of a lot become due that were put off."""
        connection = self.connect()
        with connection:
            connection.cursor().execute(
                """UPDATE itsm_clock SET next_event_at = '2001-01-01'
                    WHERE ticket_id IN (SELECT id FROM helpdesk_ticket WHERE name = %s)
                """,
                [lot],
            )
        connection.close()

    def check(self, lot):
        """Every clock of a lot was handled once: told, raised by one line, noted."""
        (due,) = self.rows(
            "SELECT count(*) FROM itsm_clock WHERE next_event_at < now()"
        )
        assert due == (0,)
        tickets = f"ticket_id IN (SELECT id FROM helpdesk_ticket WHERE name = '{lot}')"
        assert dict(
            self.rows(
                f"""SELECT outcome, count(*) FROM itsm_clock_alert
                     WHERE {tickets} GROUP BY outcome"""
            )
        ) == {"passed": TICKETS, "told": TICKETS, "done": TICKETS}
        assert self.rows(
            f"""SELECT t.support_line, count(*), count(DISTINCT t.id)
                 FROM helpdesk_ticket t
                 JOIN mail_activity a
                   ON a.res_model = 'helpdesk.ticket' AND a.res_id = t.id
                WHERE t.name = '{lot}' GROUP BY t.support_line"""
        ) == [("2", TICKETS, TICKETS)]
        assert self.rows(
            f"""SELECT count(*), count(DISTINCT m.res_id)
                 FROM mail_message m JOIN helpdesk_ticket t ON t.id = m.res_id
                WHERE m.model = 'helpdesk.ticket' AND t.name = '{lot}'
                  AND m.body LIKE '%Escalation rule%'"""
        ) == [(TICKETS, TICKETS)]
        mails = " ".join(
            row[0] for row in self.rows("SELECT body_html FROM mail_mail") if row[0]
        )
        numbers = self.rows(f"SELECT number FROM helpdesk_ticket WHERE name = '{lot}'")
        assert len(numbers) == TICKETS
        for (number,) in numbers:
            assert mails.count(f"{number} ") == 1, number


@pytest.fixture(scope="module")
def database(load_registry):
    database = Database()
    database.copy()
    try:
        database.prepare()
        yield database
    finally:
        database.drop()


def test_killed(database):
    """Design 2 Scheduler: kill -9 before a commit loses and doubles nothing."""
    killed = database.worker("--hang-at", "2")
    killed.stdin.write("go\n")
    killed.stdin.flush()
    assert killed.stdout.readline().strip() == "hanging"
    killed.send_signal(signal.SIGKILL)
    assert killed.wait(PATIENCE) == -signal.SIGKILL
    # what was committed before stands, the batch in hand is gone as if never begun
    assert database.rows(
        """SELECT count(*) FROM itsm_clock_alert a JOIN helpdesk_ticket t
              ON t.id = a.ticket_id WHERE t.name = 'Lot A' AND outcome = 'told'"""
    ) == [(TICKETS // 3,)]
    second = database.worker()
    output, _errors = second.communicate("go\n", timeout=PATIENCE)
    assert (second.returncode, output.strip()) == (0, str(2 * TICKETS // 3))
    database.check("Lot A")


def test_two_at_once(database):
    """Design 2 Scheduler: two schedulers at once lose and double nothing."""
    database.release("Lot B")
    workers = [database.worker(), database.worker()]
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    handled = 0
    for worker in workers:
        output, _errors = worker.communicate(timeout=PATIENCE)
        assert worker.returncode == 0
        handled += int(output)
    if handled < TICKETS:  # what both wanted at once is left for the next run
        output, _errors = database.worker().communicate("go\n", timeout=PATIENCE)
        handled += int(output)
    assert handled == TICKETS
    database.check("Lot B")

# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import json
import signal
import subprocess
import sys
from pathlib import Path

from odoo import api
from odoo.tests import TransactionCase, tagged
from odoo.tools import config

HEADER = "number,opened_at,updated_at,state,priority\n"
SERVER = Path(__file__).parent / "history_kill.py"
TICKETS = 5


@tagged("post_install", "-at_install")
class TestHistoryKill(TransactionCase):
    """Issue 3: kill -9 in the middle of a run loses and doubles nothing.

    With transactions of its own, which are really committed, and removed afterwards.
    """

    def setUp(self):
        super().setUp()
        self.real = self.registry.cursor()
        self.addCleanup(self._remove)
        env = api.Environment(self.real, self.env.ref("base.user_admin").id, {})
        self.assertFalse(env["itsm.run"]._active_count(), "the database has runs")
        text = HEADER + "".join(
            f"KILL-{number},2024-03-04 09:00,2024-03-04 {time},{state},2 - High\n"
            for number in range(TICKETS)
            for time, state in (("09:30", "Active"), ("12:00", "Resolved"))
        )
        self.history = env["itsm.history.import"].create(
            {
                "file": base64.b64encode(text.encode()),
                "filename": "kill.csv",
                "tz": "UTC",
            }
        )
        self.history.action_preview()
        # Small, but worked off by the scheduled action.
        self.history.write({"row_count": 10_000})
        self.history.action_import()
        self.real.commit()

    def _remove(self):
        self.real.rollback()
        self.real.execute("SET LOCAL lock_timeout = '5s'")
        history = self.history
        if history.link_ids:
            history.link_ids._undo()
        self.real.flush()
        self.real.execute(
            "DELETE FROM itsm_run WHERE job_model = %s AND job_id = %s",
            (history._name, history.id),
        )
        history.invalidate_recordset()
        history.unlink()
        self.real.commit()
        self.real.close()

    def _serve_until_killed(self, number):
        options = [
            f"--addons-path={','.join(config['addons_path'])}",
            f"--data-dir={config['data_dir']}",
            *("--max-cron-threads=0", "--log-level=warn"),
        ]
        for name in ("db_host", "db_port", "db_user", "db_password"):
            if config[name]:
                options.append(f"--{name}={config[name]}")
        done = subprocess.run(
            [
                *(sys.executable, SERVER, self.real.dbname),
                *(json.dumps(options), number),
            ],
            check=False,
            timeout=120,
            capture_output=True,
        )
        self.assertEqual(done.returncode, -signal.SIGKILL, done.stderr.decode())
        self.real.rollback()

    def test_kill(self):
        """Issue 3: a server killed in the third slice: two slices are in, whole."""
        history = self.history
        self.assertEqual((history.state, history.run_state), ("partial", "waiting"))
        self._serve_until_killed("KILL-2")
        run = history.run_id
        self.assertEqual(
            (run.state, run.done, history.imported_count), ("running", 2, 2)
        )
        # The next server takes it up, and dies as well.
        self._serve_until_killed("KILL-4")
        self.assertEqual((run.done, history.imported_count), (4, 4))
        history.env["itsm.run"].with_user(1)._cron_run()
        self.assertEqual((run.state, history.state), ("done", "imported"))
        tickets = history.link_ids.ticket_id
        self.assertEqual(
            sorted(tickets.mapped("number")), [f"KILL-{n}" for n in range(TICKETS)]
        )
        # reported, in progress, its response, resolved: once each
        for ticket in tickets:
            self.assertEqual(
                ticket.sudo().event_ids.mapped("what"),
                ["reported", "state", "reply", "resolved"],
            )
        self.assertFalse(
            history.env["helpdesk.ticket"].search_count(
                [("number", "like", "KILL-"), ("id", "not in", tickets.ids)]
            )
        )

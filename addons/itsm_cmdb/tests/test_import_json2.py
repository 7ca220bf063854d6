# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_import import ImportCommon


@tagged("post_install", "-at_install")
class TestImportJson2(ImportCommon, HttpCase):
    """CFG-16, CFG-33: collectors send rows through Odoo's JSON-2 API."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._create_user(
            "ci-collector", "itsm_cmdb.itsm_group_ci_reader"
        )
        cls.source.collector_id = cls.collector
        keys = cls.env["res.users.apikeys"]
        cls.keys = {
            user: keys.with_user(user)._generate(
                None, "test", datetime.now() + timedelta(days=0.5)
            )
            for user in (cls.collector, cls.ci_reader, cls.ci_manager)
        }

    def _post(self, rows, user=None, key=None, **body):
        key = self.keys[user or self.collector] if key is None else key
        headers = {"Content-Type": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        body = {"ids": self.source.ids, "rows": rows, **body}
        return self.url_open(
            "/json/2/itsm.ci.source/collect", data=json.dumps(body), headers=headers
        )

    ROWS = [
        {"ID": "a", "Name": "alpha", "Serial": "S-1", "CPU": 4, "Pick": "red"},
        {"ID": "b", "Name": "beta", "CPU": "forty"},
        {"ID": "c", "Name": "gamma", "Serial": "S-3"},
    ]

    def test_collect(self):
        """A reader who is the collector of the source: new, errors by index, and the
        same again changes nothing."""
        answer = self._post(self.ROWS)
        self.assertEqual(answer.status_code, 200, answer.text)
        result = answer.json()
        self.assertEqual((result["created"], result["failed"]), (2, 1))
        self.assertEqual([e["index"] for e in result["errors"]], [1])
        self.assertIn("not “forty”", result["errors"][0]["message"])
        item = self._item(serial="S-1")
        self.assertEqual((item.create_uid, item.origin), (self.collector, "import"))
        self.assertEqual(self._raw(item), {"t_int": 4, "t_pick": "red"})
        result = self._post(self.ROWS).json()
        self.assertEqual((result["created"], result["unchanged"]), (0, 2))
        # the collector himself may not
        with self.assertRaises(AccessError):
            item.with_user(self.collector).write({"name": "x"})

    def test_passes(self):
        """Calls of one pass; the complete one finds what has vanished."""
        self._post(self.ROWS)
        self._post(self.ROWS[:1], run="night")
        result = self._post([], run="night", complete=True).json()
        self.assertEqual((result["vanished"], result["run"]), (1, "night"))
        self.env.invalidate_all()
        states = {link.key: link.state for link in self.source.link_ids}
        self.assertEqual(states, {"a": "seen", "c": "missing"})
        self.assertEqual(self._post(self.ROWS, dry_run=True).json()["unchanged"], 2)

    def test_dry_run(self):
        """A dry run says what would be done."""
        result = self._post(self.ROWS, dry_run=True).json()
        self.assertEqual((result["created"], result["failed"]), (2, 1))
        self.env.invalidate_all()
        self.assertFalse(self._item(serial="S-1") | self.source.link_ids.ci_id)

    @mute_logger("odoo.http")
    def test_refused(self):
        """Without a key, with a wrong one, for a reader, of another source."""
        self.assertEqual(self._post(self.ROWS, key="").status_code, 401)
        self.assertEqual(self._post(self.ROWS, key="0" * 40).status_code, 401)
        answer = self._post(self.ROWS, user=self.ci_reader)
        self.assertEqual(answer.status_code, 403)
        self.assertIn("the collector", answer.json()["message"])
        other = self._source("t_other", key_column="ID")
        answer = self._post(self.ROWS, ids=other.ids)
        self.assertEqual(answer.status_code, 403)
        self.assertEqual(
            self._post(self.ROWS, user=self.ci_manager, ids=other.ids).status_code, 200
        )

    @mute_logger("odoo.http")
    def test_bad_input(self):
        """Bad input is a clear error, not a traceback."""
        for rows, message in (
            ("x", "send a list"),
            ([1], "send a list"),
            ([{}] * 5001, "at most 5000"),
        ):
            answer = self._post(rows)
            self.assertEqual(answer.status_code, 422, answer.text[:500])
            self.assertIn(message, answer.json()["message"])
        answer = self._post([], run=["x"])
        self.assertEqual(answer.status_code, 422)
        result = self._post([{}, {"ID": ["x"]}, {"ID": "ok", "Name": None}]).json()
        self.assertEqual(result["failed"], 3)

    @mute_logger("odoo.http")
    def test_asked(self):
        """Rows that several match are told, and a manager's link answers them."""
        self._ci("x", serial="S-1")
        item = self._ci("y", serial="S-1")
        result = self._post(self.ROWS[:1]).json()
        self.assertEqual((result["asked"], len(result["errors"])), (1, 1))
        self.env["itsm.ci.source.link"].with_user(self.ci_manager).create(
            {"source_id": self.source.id, "key": "a", "ci_id": item.id}
        )
        result = self._post(self.ROWS[:1]).json()
        self.assertEqual(result["updated"], 1)
        self.env.invalidate_all()
        self.assertEqual(item.name, "alpha")

# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from datetime import datetime, timedelta

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .event_common import EventCommon


@tagged("post_install", "-at_install")
class TestEventHttp(EventCommon, HttpCase):
    """Issue 4, Events in: over Odoo's JSON-2 API, with an API key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = {
            user: cls.env["res.users.apikeys"]
            .with_user(user)
            ._generate(None, "test", datetime.now() + timedelta(days=days))
            for user, days in ((cls.source, 300), (cls.agent, 0.5))
        }

    def _post(self, body, user=None, model="itsm.event", method="ingest", key=None):
        headers = {"Content-Type": "application/json"}
        if key is None:
            key = self.keys[user or self.source]
        if key:
            headers["Authorization"] = f"Bearer {key}"
        return self.url_open(
            f"/json/2/{model}/{method}",
            data=body if isinstance(body, bytes) else json.dumps(body),
            headers=headers,
        )

    def test_ingest(self):
        """Issue 4: a call makes an incident; the key of a source may live a year."""
        answer = self._post({"events": [self._event(), {"key": "x"}, self._event()]})
        self.assertEqual(answer.status_code, 200)
        results = answer.json()
        self.assertEqual(self._statuses(results), ["created", "error", "joined"])
        self.assertEqual(self._ticket(results[0]).name, "Queue is full")
        group = self.env.ref("itsm_base.itsm_group_event_source")
        self.assertEqual(group.api_key_duration, 365)

    @mute_logger("odoo.http")
    def test_refused(self):
        """Issue 4: without a key, with a wrong one, and for who is no source."""
        body = {"events": [self._event()]}
        self.assertEqual(self._post(body, key="").status_code, 401)
        self.assertEqual(self._post(body, key="0" * 40).status_code, 401)
        answer = self._post(body, user=self.agent)
        self.assertEqual(answer.status_code, 403)
        self.assertIn("Event source", answer.json()["message"])
        answer = self._post({"domain": []}, model="helpdesk.ticket", method="search")
        self.assertEqual(answer.json(), [])
        answer = self._post({"domain": []}, method="search")
        self.assertEqual(answer.status_code, 403)
        answer = self._post({"company": 1}, method="_intake_env")
        self.assertEqual(answer.status_code, 403)
        self.assertFalse(self.events.search([]))

    @mute_logger("odoo.http")
    def test_bad_input(self):
        """Bad input: wrong types and sizes are clear errors, not a traceback."""
        for body, status, message in (
            ({"events": "x"}, 422, "send a list"),
            ({"events": {"key": "x"}}, 422, "send a list"),
            ({}, 422, "events"),
            ({"events": [], "more": 1}, 422, "more"),
            ({"events": [None] * 10_000}, 422, "at most 1000"),
            (b"{", 400, "json"),
        ):
            with self.subTest(body=str(body)[:40]):
                answer = self._post(body)
                self.assertEqual(answer.status_code, status)
                self.assertIn(message, answer.json()["message"])
        answer = self._post(b'{"events": [{"source": "\\ud800", "key": NaN}]}')
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self._statuses(answer.json()), ["error"])

    def test_log_contact(self):
        """Issue 4: the same door for contacts; nothing of the person is given back."""
        answer = self._post(
            {
                "channel": "wechat",
                "text": "My screen is black",
                "requester": {"email": self.requester.email},
                "reference": "msg-1",
            },
            model="helpdesk.ticket",
            method="itsm_log_contact",
        )
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(set(answer.json()), {"status", "ticket"})
        ticket = self.env["helpdesk.ticket"].search(
            [("number", "=", answer.json()["ticket"])]
        )
        self.assertEqual(ticket.partner_id, self.requester)

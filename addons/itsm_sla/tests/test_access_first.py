# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .escalation_common import EscalationCommon

#: What a stranger tries, by model; business rules would have something to say to it.
WRITES = {
    "helpdesk.ticket": [
        {"reported_at": "2036-01-01 00:00:00"},
        {"priority": "0"},
        {"supplier_id": 1},
        {"stage_id": 1},
        {"clock_change_reason": "x"},
    ],
    "itsm.agreement": [{"state": "active"}, {"calendar_id": False}, {"name": "x"}],
    "itsm.agreement.target": [{"minutes": 1}],
    "itsm.agreement.level": [{"target_ids": [(6, 0, [1])]}, {"date_to": False}],
    "itsm.replay": [{"scope": "closed"}, {"reason": "x"}, {"state": "draft"}],
    "itsm.log.rebuild": [{"scope": "all"}, {"state": "draft"}],
    "itsm.run": [{"active": False}, {"state": "done"}],
    "itsm.service": [{"parent_id": 1}],
    "itsm.interruption": [{"date_stop": "2000-01-01 00:00:00"}],
    "itsm.outage": [{"state": "confirmed"}, {"date_stop": "2000-01-01 00:00:00"}],
    "itsm.agreement.availability": [{"target": 0}],
    "itsm.escalation.rule": [{"percent": 0}],
}


@tagged("post_install", "-at_install")
class TestAccessFirst(EscalationCommon):
    """Odoo19 E4: who may not touch a record learns nothing of the rules about it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._new_ticket()
        replay = cls.env["itsm.replay"].create({"name": "Edited", "edited": "all"})
        replay.action_compute()
        rebuild = cls.env["itsm.log.rebuild"].create({"name": "Old ones"})
        rebuild.action_start()
        cls.records = {
            "helpdesk.ticket": cls.ticket,
            "itsm.agreement": cls.agreement,
            "itsm.agreement.target": cls.agreement.target_ids[:1],
            "itsm.agreement.level": cls.env["itsm.agreement.level"],
            "itsm.replay": replay,
            "itsm.log.rebuild": rebuild,
            "itsm.run": replay.run_id,
            "itsm.service": cls.service,
            "itsm.interruption": cls.env["itsm.interruption"].create(
                {
                    "name": "Upgrade",
                    "company_id": cls.company.id,
                    "date_start": "2030-01-01 00:00:00",
                    "date_stop": "2030-01-01 01:00:00",
                }
            ),
            "itsm.escalation.rule": cls._rule(),
            "itsm.outage": cls.env["itsm.outage"].create(
                {
                    "name": "Mail stood still",
                    "service_id": cls.service.id,
                    "date_start": "2026-03-01 00:00:00",
                    "state": "confirmed",
                }
            ),
            "itsm.agreement.availability": cls.env["itsm.agreement.availability"],
        }

    @classmethod
    def _new_ticket(cls):
        """Of the customer, resolved, with clocks."""
        ticket = cls.env["helpdesk.ticket"].create(cls._ticket_vals(priority="2"))
        ticket.stage_id = cls.stages["resolved"]
        return ticket

    def _refused(self, call):
        # assertRaises would be content with UserError's other children too
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            call()

    def test_write(self):
        """A customer who writes by remote call is refused for want of rights."""
        for model, writes in WRITES.items():
            record = self.records[model].with_user(self.portal_user)
            for vals in writes:
                with self.subTest(model=model, vals=vals):
                    self._refused(lambda record=record, vals=vals: record.write(vals))

    def test_create(self):
        """The same where he creates."""
        for model, writes in WRITES.items():
            records = self.env[model].with_user(self.portal_user)
            for vals in [{}, *writes]:
                with self.subTest(model=model, vals=vals):
                    self._refused(
                        lambda records=records, vals=vals: records.create(vals)
                    )

    def test_buttons(self):
        """And where he presses a button: he is refused, or it only opens a screen."""
        for model, record in self.records.items():
            for name in self._buttons(record):
                with self.subTest(model=model, name=name):
                    button = getattr(record.with_user(self.portal_user), name)
                    try:
                        with mute_logger("odoo.models"), self.env.cr.savepoint():
                            opened = button()
                    except AccessError:
                        continue
                    self.assertIsInstance(opened, dict)

    @staticmethod
    def _buttons(record):
        """Names of the methods of ours that are called by buttons."""
        return sorted(
            {
                name
                for model in type(record).__mro__
                if model.__module__.startswith("odoo.addons.itsm")
                for name, value in vars(model).items()
                if name.startswith("action_")
                and callable(value)
                # the requester's own word, which tests of itsm_desk are about
                and name not in ("action_confirm", "action_refuse")
            }
        )

    def test_reader(self):
        """Who reads a record and may not write it is told that, and not what for."""
        for model in ("itsm.agreement", "itsm.agreement.target", "itsm.run"):
            record = self.records[model].with_user(self.agent)
            for vals in WRITES[model]:
                with self.subTest(model=model, vals=vals):
                    self._refused(lambda record=record, vals=vals: record.write(vals))

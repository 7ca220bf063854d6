# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import SlaCommon

MON = "2026-03-23 09:00"


@tagged("post_install", "-at_install")
class TestSupplierHint(SlaCommon):
    """SLM-02: a supplier who holds a ticket without a clock is no silent gap."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carrier, cls.printer = cls.env["res.partner"].create(
            [
                {"name": "Carrier", "is_company": True},
                {"name": "Printer", "is_company": True},
            ]
        )
        cls._create_agreement({"2": (0, 1440), "1": (0, 2880)})
        with freeze_time(cls.utc("2026-03-01 09:00")):
            cls.contract = cls._create_contract(cls.carrier)

    @classmethod
    def _create_contract(cls, supplier, activated="2026-03-01"):
        """480 minutes for incidents of priority "2", around the clock."""
        contract = cls._create_agreement(
            kind="uc",
            supplier_id=supplier.id,
            calendar_id=cls.calendar_24x7.id,
            target_ids=[
                Command.create(
                    {
                        "itsm_kind": "incident",
                        "priority": "2",
                        "metric": "resolution",
                        "minutes": 480,
                    }
                )
            ],
        )
        # It is activated now, and the tests tell of the past.
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE itsm_agreement SET activated_at = %s WHERE id = %s",
            [activated, contract.id],
        )
        contract.invalidate_recordset()
        cls.env.registry.clear_cache()
        return contract

    def _hint(self, wall, ticket):
        return self._status(wall, ticket.with_user(self.agent), "supplier_hint")

    def test_with_contract(self):
        """SLM-02: where his clock runs, and where nobody holds it, nothing is said."""
        ticket = self._report(MON)
        self.assertFalse(self._hint("2026-03-23 09:10", ticket))
        self._write("2026-03-23 10:00", ticket, supplier_id=self.carrier.id)
        self.assertFalse(self._hint("2026-03-23 10:10", ticket))
        self.assertTrue(ticket.leg_deadline)
        self._move("2026-03-23 11:00", ticket, "paused")
        self.assertFalse(self._hint("2026-03-23 11:10", ticket))

    def test_without_contract(self):
        """SLM-02: no contract in force: the form says so, before and after saving."""
        ticket = self._report(MON)
        with self.at("2026-03-23 10:00"), Form(ticket.with_user(self.agent)) as form:
            form.supplier_id = self.printer
            self.assertIn("Printer", form.supplier_hint)
            form.supplier_id = self.carrier
            self.assertFalse(form.supplier_hint)  # his clock begins with the save
            form.supplier_id = self.printer
        hint = self._hint("2026-03-23 10:10", ticket)
        self.assertIn("no underpinning contract", hint)
        self.assertIn("Printer", hint)
        self.assertFalse(ticket.leg_deadline)
        self._move("2026-03-23 11:00", ticket, "resolved")
        self.assertFalse(self._hint("2026-03-23 11:10", ticket))

    def test_terminated(self):
        """SLM-02: a contract that has ended is none."""
        ticket = self._report(MON)
        with self.at("2026-03-23 09:30"):
            self.contract.action_terminate()
        self._write("2026-03-23 10:00", ticket, supplier_id=self.carrier.id)
        self.assertIn(
            "no underpinning contract", self._hint("2026-03-23 10:10", ticket)
        )

    def test_nothing_promised(self):
        """SLM-02: a contract that says nothing of this priority."""
        ticket = self._report(MON, priority="1")
        self._write("2026-03-23 10:00", ticket, supplier_id=self.carrier.id)
        self.assertIn(
            "nothing for this kind and priority", self._hint("2026-03-23 10:10", ticket)
        )

    def test_contract_came_later(self):
        """Design 2, silence: what he had already is left alone, and it is said."""
        ticket = self._report(MON)
        self._write("2026-03-23 10:00", ticket, supplier_id=self.printer.id)
        self._create_contract(self.printer, self.utc("2026-03-23 11:00"))
        self.env.invalidate_all()
        self.assertIn("after he got", self._hint("2026-03-23 12:00", ticket))

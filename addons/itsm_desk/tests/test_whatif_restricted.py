# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .restriction_common import RestrictionCommon

NOW = "2026-04-15 10:00"


@tagged("post_install", "-at_install")
class TestWhatifRestricted(RestrictionCommon):
    """Design, Manners: restricted tickets are invisible in what-if scenarios too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement()

    def _ask(self, user):
        with self.at(NOW):
            scenario = (
                self.env["itsm.whatif"]
                .with_user(user)
                .create(
                    {
                        "name": "What if?",
                        "agreement_id": self.agreement.id,
                        "date_from": "2026-03-01",
                        "date_to": "2026-03-31",
                    }
                )
            )
            scenario.action_compute()
            scenario.run_id._work_inline()
        self.env.invalidate_all()
        return scenario

    def test_not_leaked(self):
        """SEC-05: not counted for those whom it is hidden from, nor shown to them."""
        plain = self._report("2026-03-23 09:00", team_id=self.team.id)
        secret = self._secret("2026-03-23 09:00")
        self.env.flush_all()
        # A lead who is shut out asks about what he may read.
        scenario = self._ask(self.lead)
        self.assertEqual(scenario.ticket_count, 1)
        self.assertEqual(scenario.sudo().line_ids.ticket_id, plain)
        # Who handles such incidents and may ask counts them; the lead reads no line.
        self.officer.write(
            {"group_ids": [(4, self.env.ref("itsm_sla.itsm_group_sla_manager").id)]}
        )
        scenario = self._ask(self.officer)
        self.assertEqual(scenario.ticket_count, 2)
        lines = self.env["itsm.whatif.line"]
        mine = [("whatif_id", "=", scenario.id)]
        for user, seen in (
            (self.officer, plain | secret),
            (self.lead, plain),
            (self.agent_2, plain),
            (self.manager, plain),
        ):
            found = lines.with_user(user).search(mine)
            self.assertEqual(found.sudo().ticket_id, seen, user.login)
            groups = lines.with_user(user)._read_group(mine, ["ticket_id"])
            self.assertEqual(len(groups), len(seen), user.login)
            seen_late = scenario.with_user(user)
            self.assertEqual(seen_late.late_count, len(seen), user.login)

# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime

from freezegun import freeze_time

from odoo.tests import tagged

from .duty_common import DutyCommon


@tagged("post_install", "-at_install")
class TestDutyReport(DutyCommon):
    """CAL-11: the on-time rate is done in time of all that was due."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reporting, cls.review, cls.idle = cls.env["itsm.process"].create(
            [
                {"code": "TR", "name": "Reporting"},
                {"code": "TV", "name": "Review"},
                {"code": "TI", "name": "Idle"},
            ]
        )
        monthly = cls._definition("2026-01-01", process_id=cls.reporting.id)
        other = cls._definition("2026-05-01", process_id=cls.review.id)
        later = cls._definition("2026-06-01", process_id=cls.idle.id)
        cls.definitions = monthly | other | later
        with freeze_time("2026-06-02 04:00:00"):
            cls.env["itsm.duty.scope"]._of_active()._generate(100)

        def made(definition):
            return cls.duties.search([("definition_id", "=", definition.id)])

        # Due on 12 January, 10 February, 10 March, 10 April, 11 May, 10 June.
        in_time, late, waived, archived, overdue, future = made(monthly)
        in_time._done(datetime(2026, 1, 12, 15, 59, 59))
        late._done(datetime(2026, 2, 10, 16))
        waived.action_waive("None")
        archived._done(datetime(2026, 4, 1))
        archived.action_archive()
        cls.overdue, cls.future = overdue, future
        done, _future = made(other)
        done._done(datetime(2026, 5, 11))
        cls.env.flush_all()

    @freeze_time("2026-06-02 04:00:00")
    def test_rate(self):
        """CAL-11: 2 of 4 in time; archived ones count, waived and future ones do not.

        A process in which nothing was due has no rate, not 100 % (Manners, Periods).
        """
        groups = self.env["itsm.duty.report"]._read_group(
            [("definition_id", "in", self.definitions.ids)],
            ["process_id"],
            ["due:sum", "in_time:sum", "late:sum", "waived:sum", "on_time_rate:avg"],
        )
        self.assertEqual(
            {process: tuple(figures) for process, *figures in groups},
            {
                self.reporting: (4, 2, 2, 1, 50.0),
                self.review: (1, 1, 0, 0, 100.0),
                self.idle: (0, 0, 0, 0, False),
            },
        )

    @freeze_time("2026-06-02 04:00:00")
    def test_same_as_the_duties(self):
        """CAL-11: the figures and the list of duties agree."""
        domain = [("definition_id", "in", self.definitions.ids)]
        report = self.env["itsm.duty.report"].search(domain)
        duties = self.duties.search(domain)
        self.assertEqual(
            {row.id: row.status for row in report},
            {duty.id: duty.status for duty in duties},
        )

    def test_now(self):
        """CAL-11: what is open becomes overdue by time alone."""
        row = self.env["itsm.duty.report"].browse(self.future.id)
        for moment, status, due in (
            ("2026-06-10 15:59:59", "open", 0),
            ("2026-06-10 16:00:00", "overdue", 1),
        ):
            with freeze_time(moment):
                row.invalidate_recordset()
                self.assertEqual((row.status, row.due), (status, due))

    def test_views(self):
        """CAL-11: pivot, graph and board can be read as the client reads them."""
        report = self.env["itsm.duty.report"].with_user(self.lead)
        for view in ("pivot", "graph", "list", "search"):
            report.get_views([(False, view)])
        groups = report.formatted_read_group(
            [], ["process_id"], ["on_time_rate:avg", "due:sum"]
        )
        self.assertTrue(groups)
        board = self.duties.with_user(self.lead).web_read_group([], ["status"])
        self.assertTrue(board["groups"])
        for group in board["groups"]:
            self.assertTrue(
                self.duties.with_user(self.lead).search(group["__extra_domain"])
            )

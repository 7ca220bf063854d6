# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import json

from odoo import http
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ItsmCommon


class ExportLogCommon(ItsmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        export = cls.env.ref("base.group_allow_export")
        (cls.agent | cls.lead).write({"group_ids": [Command.link(export.id)]})
        cls.tickets = cls._create_tickets(3)

    def _log(self, **vals):
        domain = [(name, "=", value) for name, value in vals.items()]
        return self.env["itsm.export.log"].search(domain, order="id")

    def _report(self, model="helpdesk.ticket"):
        self.env["ir.ui.view"].create(
            {
                "type": "qweb",
                "key": "itsm_base.test_print",
                "arch": "<div><t t-foreach='docs' t-as='doc' t-out='doc.id'/></div>",
            }
        )
        return self.env["ir.actions.report"].create(
            {
                "name": "Test print",
                "model": model,
                "report_type": "qweb-pdf",
                "report_name": "itsm_base.test_print",
            }
        )


@tagged("post_install", "-at_install")
class TestExportLog(ExportLogCommon):
    """Issue 4, Evidence and privacy: exports and mass prints of personal figures."""

    def test_export(self):
        """MS-29: who exported which fields of how many records, and when."""
        names = ["number", "partner_id/name"]
        self.tickets.with_user(self.agent).export_data(names)
        ids = sorted(self.tickets.ids)
        text = ",".join(map(str, ids))
        self.assertRecordValues(
            self._log(user_id=self.agent.id),
            [
                {
                    "way": "export",
                    "model": "helpdesk.ticket",
                    "record_count": 3,
                    "detail": "number, partner_id/name",
                    "company_id": self.company.id,
                    "fingerprint": hashlib.sha256(text.encode()).hexdigest(),
                }
            ],
        )

    def test_by_a_path(self):
        """MS-29: tickets exported by a path of another model are seen as well."""
        team = self.team.with_user(self.agent)
        team.export_data(["name", "ticket_ids/number", "ticket_ids/user_id/name"])
        self.assertRecordValues(
            self._log(user_id=self.agent.id),
            [
                {
                    "way": "export",
                    "model": "helpdesk.ticket",
                    "record_count": len(team.ticket_ids),
                    "detail": "helpdesk.ticket.team: ticket_ids/number, "
                    "ticket_ids/user_id/name",
                    "company_id": self.company.id,
                }
            ],
        )
        before = len(self._log())
        team.export_data(["name", "user_ids/name"])
        self.assertEqual(len(self._log()), before)

    def test_companies(self):
        """MS-29: managers of each company see what left of it."""
        company = self.env["res.company"].create({"name": "Second"})
        self.agent.company_ids = [Command.link(company.id)]
        tickets = self.env["helpdesk.ticket"].with_user(self.agent)
        other = self._create_ticket(company_id=company.id, team_id=False)
        tickets = (self.tickets | other).with_user(self.agent)
        tickets.with_context(
            allowed_company_ids=(self.company | company).ids
        ).export_data(["number"])
        rows = self._log(user_id=self.agent.id).grouped("company_id")
        self.assertEqual(rows[self.company].record_count, 3)
        self.assertEqual(rows[company].record_count, 1)

    def test_fingerprint(self):
        """Issue 4: the same list has the same fingerprint, whatever its order."""
        for tickets in self.tickets, self.tickets[::-1], self.tickets[:2]:
            tickets.with_user(self.agent).export_data(["number"])
        first, second, third = self._log(user_id=self.agent.id).mapped("fingerprint")
        self.assertEqual(first, second)
        self.assertNotEqual(first, third)

    def test_not_logged(self):
        """Issue 4: other models, nothing, and what Odoo refuses."""
        before = len(self._log())
        self.customer.with_user(self.agent).export_data(["name"])
        self.tickets.browse().with_user(self.agent).export_data(["number"])
        with self.assertRaises(UserError):
            self.tickets.with_user(self.agent_2).export_data(["number"])
        self.assertEqual(len(self._log()), before)

    def test_query_count(self):
        """Issue 4, Speed: the log costs the same for ten records as for three."""
        log = self.env["itsm.export.log"]
        counts = []
        for ids in range(3), range(3), range(1000):
            self.env.flush_all()
            before = self.cr.sql_log_count
            log._note("export", "helpdesk.ticket", len(ids), "number", list(ids))
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_mass_print(self):
        """Issue 4: prints of so many records as the settings say, once each."""
        report = self._report()
        tickets = self._create_tickets(10)
        reports = self.env["ir.actions.report"].with_user(self.agent)
        reports._render_qweb_pdf(report.report_name, tickets[:9].ids)
        self.assertFalse(self._log(way="print"))
        reports._render_qweb_pdf(report.report_name, tickets.ids)
        self.assertRecordValues(
            self._log(way="print"),
            [
                {
                    "record_count": 10,
                    "detail": "Test print",
                    "user_id": self.agent.id,
                    "model": "helpdesk.ticket",
                }
            ],
        )
        self.env["ir.config_parameter"].set_param("itsm_base.mass_print_records", "2")
        reports._render_qweb_html(report.report_name, tickets[:2].ids)
        reports._render_qweb_html(report.report_name, tickets[:1].ids)
        self.assertEqual(self._log(way="print").mapped("record_count"), [10, 2])

    def test_print_context_key(self):
        """Issue 4: a context key from outside does not switch the log off."""
        report = self._report()
        tickets = self._create_tickets(10)
        reports = self.env["ir.actions.report"].with_user(self.agent)
        for value in True, {}, "noted":
            reports.with_context(itsm_print_noted=value)._render_qweb_text(
                report.report_name, tickets.ids
            )
        self.assertEqual(len(self._log(way="print")), 3)

    def test_settings(self):
        """Issue 4, bad input: a mass of one, words instead of a number."""
        settings = self.env["res.config.settings"]
        with self.assertRaisesRegex(ValidationError, "^Mass Print"):
            settings.create({"itsm_mass_print_records": 1})
        settings.create({"itsm_mass_print_records": 25}).execute()
        self.assertEqual(self.env["itsm.export.log"]._mass_print(), 25)
        self.env["ir.config_parameter"].set_param("itsm_base.mass_print_records", "x")
        self.assertEqual(self.env["itsm.export.log"]._mass_print(), 10)

    def test_rights(self):
        """Issue 4: managers of the company read it; nobody writes or deletes it."""
        self.tickets.with_user(self.agent).export_data(["number"])
        row = self._log(user_id=self.agent.id)
        for user in self.agent, self.lead, self.employee, self.portal_user:
            with self.assertRaises(AccessError):
                row.with_user(user).read(["detail"])
        self.assertTrue(row.with_user(self.manager).read(["detail"]))
        for target in row.with_user(self.manager), row.sudo():
            with self.assertRaises(AccessError):
                target.detail = "x"
            with self.assertRaises(AccessError):
                target.unlink()
        company = self.env["res.company"].create({"name": "Second"})
        other = self._create_user(
            "m2",
            "itsm_base.itsm_group_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        with self.assertRaises(AccessError):
            row.with_user(other).read(["detail"])


@tagged("post_install", "-at_install")
class TestExportLogHttp(ExportLogCommon, HttpCase):
    """The same by the ways of the web client and by remote call."""

    def setUp(self):
        super().setUp()
        self.agent.password = "itsm-agent-password"
        self.authenticate("itsm-agent", "itsm-agent-password")

    def _data(self, **params):
        params = {
            "model": "helpdesk.ticket",
            "fields": [{"name": "number", "label": "Number", "type": "char"}],
            "ids": False,
            "domain": [("id", "in", self.tickets.ids)],
            "import_compat": False,
            **params,
        }
        return self._post(params)

    def _post(self, content):
        text = content if isinstance(content, str) else json.dumps(content)
        return {"data": text, "csrf_token": http.Request.csrf_token(self)}

    def test_download(self):
        """Issue 4: lists as CSV and as a workbook, grouped too."""
        for url, params in (
            ("/web/export/csv", {}),
            ("/web/export/xlsx", {}),
            ("/web/export/xlsx", {"groupby": ["team_id"]}),
        ):
            response = self.url_open(url, data=self._data(**params))
            self.assertEqual(response.status_code, 200)
        rows = self._log(user_id=self.agent.id)
        self.assertEqual(rows.mapped("record_count"), [3, 3, 3])

    def test_remote_call(self):
        """Issue 4: ``export_data`` by remote call is seen as well."""
        result = self.make_jsonrpc_request(
            "/web/dataset/call_kw/helpdesk.ticket/export_data",
            {
                "model": "helpdesk.ticket",
                "method": "export_data",
                "args": [self.tickets.ids, ["number"]],
                "kwargs": {"context": {"itsm_print_noted": True}},
            },
        )
        self.assertEqual(len(result["datas"]), 3)
        self.assertEqual(self._log(user_id=self.agent.id).record_count, 3)

    def test_pivot(self):
        """Issue 4: downloads of pivot tables; what is no table is Odoo's to refuse."""
        table = {
            "model": "helpdesk.ticket",
            "title": "Tickets by person",
            "measure_count": 1,
            "origin_count": 1,
            "col_group_headers": [],
            "measure_headers": [],
            "rows": [
                {"indent": 0, "title": "A", "values": [{"value": 1}]},
                {"indent": 0, "title": "B", "values": [{"value": 2}]},
            ],
        }
        response = self.url_open("/web/pivot/export_xlsx", data=self._post(table))
        self.assertEqual(response.status_code, 200)
        self.assertRecordValues(
            self._log(way="pivot"),
            [{"record_count": 2, "detail": "Tickets by person"}],
        )
        response = self.url_open(
            "/web/pivot/export_xlsx",
            data={"csrf_token": http.Request.csrf_token(self)},
            files={"data": ("data", json.dumps(table), "application/json")},
        )
        self.assertEqual(response.status_code, 200)
        self.assertEqual(len(self._log(way="pivot")), 2)
        other = self._post(table | {"model": "res.partner"})
        self.url_open("/web/pivot/export_xlsx", data=other)
        with mute_logger("odoo.http"):
            for wrong in "{}", "[1]", "nonsense", '{"model": ["x"]}':
                response = self.url_open(
                    "/web/pivot/export_xlsx", data=self._post(wrong)
                )
                self.assertNotEqual(response.status_code, 200)
        self.assertEqual(len(self._log(way="pivot")), 2)

    def test_print_by_address(self):
        """Issue 4: a print by its address is logged, though the route only reads."""
        report = self._report()
        tickets = self._create_tickets(10)
        ids = ",".join(map(str, tickets.ids))
        response = self.url_open(f"/report/html/{report.report_name}/{ids}")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self._log(way="print").record_count, 10)
        response = self.url_open(f"/report/html/{report.report_name}/{tickets[0].id}")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(len(self._log(way="print")), 1)

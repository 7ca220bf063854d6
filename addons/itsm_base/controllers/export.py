# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.pivot import TableExporter
from odoo.addons.web.controllers.report import ReportController


def _never(controller, rule, args):
    """Whether the route only reads: a download that is logged does not."""
    return False


def _reads_one(controller, rule, args):
    """Whether the route only reads: a print of one record is never logged."""
    return "," not in (args.get("docids") or "")


class ItsmTableExporter(TableExporter):
    @http.route(readonly=_never)
    def export_xlsx(self, data, **kw):
        """Log downloads of pivot tables about personal figures.

        The client sends the finished table: the log holds what it says.
        """
        if hasattr(data, "read"):
            content = data.read()
            data.seek(0)
        else:
            content = data
        self._itsm_note(content)
        return super().export_xlsx(data, **kw)

    def _itsm_note(self, content):
        try:
            table = json.loads(content)
            model, title = table["model"], table["title"]
            count = len(table["rows"])
        except (ValueError, TypeError, KeyError):
            return  # Odoo says what is wrong with it
        log = request.env["itsm.export.log"]
        if isinstance(model, str) and log._is_personal(model):
            log._note("pivot", model, count, str(title))


class ItsmReportController(ReportController):
    @http.route(readonly=_reads_one)
    def report_routes(self, reportname, docids=None, converter=None, **data):
        """As Odoo; with a cursor that can log the print of many records."""
        return super().report_routes(
            reportname, docids=docids, converter=converter, **data
        )

# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.http import content_disposition, request

from ..tools.sheet_file import MIMETYPE


class ItsmCiFiles(http.Controller):
    """Lists of the CMDB as files, made with the rights of who asks."""

    @http.route(
        "/itsm/ci-comparison/<int:record_id>/xlsx",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def comparison(self, record_id, **_kwargs):
        """Differences of a comparison of one's own."""
        return self._file("itsm.ci.comparison", record_id)

    @http.route(
        "/itsm/ci-audit/<int:record_id>/xlsx",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def audit(self, record_id, **_kwargs):
        """The list to count by, and what was found."""
        return self._file("itsm.ci.audit", record_id)

    def _file(self, model_name, record_id):
        record = request.env[model_name].browse(record_id).exists()
        # what is not there and what one may not see get the same answer
        if not record or not record.has_access("read"):
            raise request.not_found()
        name, content = record._workbook()
        return request.make_response(
            content,
            headers=[
                ("Content-Type", MIMETYPE),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

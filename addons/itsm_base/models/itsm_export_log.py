# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib

from odoo import api, fields, models

from ..tools import guard

#: Models with figures or deeds of single persons. Addons add theirs in
#: `_personal_models`; a name whose model is not installed does no harm.
PERSONAL_MODELS = frozenset(
    {
        "helpdesk.ticket",
        "itsm.action",
        "itsm.anonymisation",
        "itsm.approval.decision",
        "itsm.contact",
        "itsm.duty",
        "itsm.duty.report",
        "itsm.enforcement.finding",
        "itsm.export.log",
        "itsm.kpi.value",
        "itsm.notification.log",
        "itsm.run",
    }
)
#: Records of one print that are many, if the settings do not say otherwise.
MASS_PRINT = 10
PARAMETER = "itsm_base.mass_print_records"
#: Longer lists of fields are cut.
LONGEST = 2000


class ItsmExportLog(models.Model):
    """Who took personal figures out of the system, when and how many (MS-29).

    Seen are exports of lists (also ``export_data`` by remote call, and personal models
    reached by a path from another model), downloads of pivot tables and prints of more
    records than the settings say; one row for each company of the records. Not seen is
    what a person reads: ``read``, ``search_read``, ``web_read`` and grouped reads by
    remote call or on the screen, and pictures of it. Who may read may copy; the log
    shows what leaves by the ways that are made for it.
    """

    _name = "itsm.export.log"
    _inherit = ["itsm.evidence.mixin"]
    _description = "Export of Personal Figures"
    _order = "time desc, id desc"
    _rec_name = "model_name"

    time = fields.Datetime(required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Who",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    way = fields.Selection(
        selection=[
            ("export", "Export"),
            ("pivot", "Pivot table"),
            ("print", "Print"),
        ],
        required=True,
        readonly=True,
    )
    model = fields.Char(required=True, readonly=True, export_string_translation=False)
    model_name = fields.Char(string="What", readonly=True)
    record_count = fields.Integer(
        string="Records",
        readonly=True,
        help="Of a pivot table: its rows.",
    )
    detail = fields.Text(
        string="Fields",
        readonly=True,
        help="Fields of an export, name of a printed report, title of a pivot table.",
    )
    fingerprint = fields.Char(
        readonly=True,
        help="SHA-256 of the sorted ids of the records: the same list has the same "
        "fingerprint.",
    )

    def _evidence_message(self, operation):
        return self.env._(
            "The log of exports is evidence: the system writes it, and nobody changes "
            "or deletes it."
        )

    @api.model
    def _personal_models(self):
        """Names of the models whose exports are logged; addons extend it."""
        return PERSONAL_MODELS

    @api.model
    def _is_personal(self, model_name):
        return model_name in self._personal_models()

    @api.model
    def _mass_print(self):
        """From how many records on a print is logged."""
        # sudo: the limit holds for everybody
        value = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        try:
            return max(int(value or MASS_PRINT), 1)
        except (TypeError, ValueError):
            return MASS_PRINT

    @api.model
    def _note_export(self, records, paths):
        """Log an export of a list if its model, or one on its paths, is personal.

        :param records: what is exported
        :param paths: fields as a client names them: ``partner_id/name``
        """
        paths = [str(path) for path in paths]
        if not records:
            return
        if self._is_personal(records._name):
            self._note_records("export", records, ", ".join(paths))
            return
        for way, used in self._personal_paths(records, paths).items():
            reached = records.mapped(".".join(way))
            if reached:
                detail = f"{records._name}: {', '.join(used)}"
                self._note_records("export", reached, detail)

    @api.model
    def _personal_paths(self, records, paths):
        """Which paths read fields of personal models.

        The name of one linked record is no figure; a list of records is.

        :return: dict of the way to the personal model (tuple of field names) to the
            paths that use it
        """
        found = {}
        for path in paths:
            model, way = records, ()
            names = path.split("/")
            for position, name in enumerate(names):
                field = model._fields.get(name)
                if not field or not field.comodel_name:
                    break
                model, way = self.env[field.comodel_name], (*way, name)
                read = set(names[position + 1 :]) - {"id", ".id"}
                if self._is_personal(model._name) and (
                    read or field.type != "many2one"
                ):
                    found.setdefault(way, []).append(path)
                    break
        return found

    @api.model
    def _note_records(self, way, records, detail):
        """Write a row for each company of the records: its managers see it.

        :param str way: export or print
        :param records: what leaves
        :param str detail: fields, or name of the report
        """
        model_name = records._name
        records = records.browse(set(records.ids))
        groups = [(self.env.company, records.ids)]
        field = records._fields.get("company_id")
        if field and field.store and field.comodel_name == "res.company":
            # sudo: companies are counted, whatever the user may read of them
            rows = records.sudo().with_context(active_test=False)
            groups = rows._read_group(
                [("id", "in", records.ids)], ["company_id"], ["id:array_agg"]
            )
        for company, ids in groups:
            self._note(way, model_name, len(ids), detail, ids, company)

    @api.model
    def _note(self, way, model_name, count, detail, ids=(), company=None):
        """Write one row; what is exported does not leave without it.

        :param str way: export, pivot or print
        :param str model_name: of the records
        :param int count: how many records
        :param str detail: fields, report or title
        :param ids: ids of the records, for the fingerprint
        :param company: ``res.company``; by default the present one
        """
        # sudo: the model's label is not secret
        label = self.env["ir.model"].sudo()._get(model_name).name
        # sudo: the log is written by code only
        guard.with_token(self.sudo()).create(
            {
                "time": fields.Datetime.now(),
                "user_id": self.env.uid,
                "company_id": (company or self.env.company).id,
                "way": way,
                "model": model_name,
                "model_name": label,
                "record_count": count,
                "detail": (detail or "")[:LONGEST],
                "fingerprint": self._fingerprint(ids),
            }
        )

    @api.model
    def _fingerprint(self, ids):
        if not ids:
            return False
        text = ",".join(str(record_id) for record_id in sorted(set(ids)))
        return hashlib.sha256(text.encode()).hexdigest()

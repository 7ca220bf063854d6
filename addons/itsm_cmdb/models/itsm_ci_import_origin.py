# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..tools.reconciler import CONTEXT, Origin


class ItsmCi(models.Model):
    """What sources know of a configuration item (CFG-33)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    source_link_ids = fields.One2many(
        comodel_name="itsm.ci.source.link", inverse_name="ci_id", string="Sources"
    )

    # sources and people write them in whatever case
    _lower_name_idx = models.Index("(lower(name))")
    _lower_serial_idx = models.Index("(lower(serial)) WHERE serial IS NOT NULL")
    _lower_asset_tag_idx = models.Index(
        "(lower(asset_tag)) WHERE asset_tag IS NOT NULL"
    )
    _lower_hostname_idx = models.Index("(lower(hostname)) WHERE hostname IS NOT NULL")
    _lower_external_id_idx = models.Index(
        "(lower(external_id)) WHERE external_id IS NOT NULL"
    )
    _lower_number_idx = models.Index("(lower(number))")

    @api.model
    def _import_origin(self):
        """What an import says of itself; no context that a client sends can."""
        origin = self.env.context.get(CONTEXT)
        return origin if isinstance(origin, Origin) else None

    @api.model
    def _present_origin(self):
        if self._import_origin():
            return "import"
        return super()._present_origin()

    @api.model
    def _note_writer(self, records):
        result = super()._note_writer(records)
        origin = self._import_origin()
        notes = self.env.cr.cache["itsm_ci_writer"]
        for record_id in records._ids:
            note = notes[records._name, record_id]
            notes[records._name, record_id] = {
                **note,
                "import_source_id": origin.source_id if origin else False,
            }
        return result

    @api.model
    def _complete_line(self, vals):
        origin = self._import_origin()
        if origin:
            vals = {"import_source_id": origin.source_id, **vals}
        return super()._complete_line(vals)


class ItsmCiHistory(models.Model):
    """Which source a change came from (CFG-33)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.history"

    import_source_id = fields.Many2one(
        comodel_name="itsm.ci.source",
        string="Source",
        index="btree_not_null",
        ondelete="restrict",
        help="The import that changed it; empty: somebody did.",
    )


class ItsmCiRelation(models.Model):
    """Which source recorded a relation (CFG-33)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.relation"

    import_source_id = fields.Many2one(
        comodel_name="itsm.ci.source",
        string="Source",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The source that recorded it.",
    )

    @api.model
    def _without_fixed(self, vals):
        vals = super()._without_fixed(vals)
        if "import_source_id" in vals and not self.env["itsm.ci"]._import_origin():
            # noted by imports only
            del vals["import_source_id"]
        return vals

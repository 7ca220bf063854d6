# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

#: Lines of papers that were approved or signed and are not carried out yet: the model,
#: the field that leads to the paper, its state, and what it authorises of its items.
PAPERS = (
    (
        "itsm.ci.scrapping.line",
        "scrapping_id",
        "approved",
        {"state", "active", "user_partner_id", "location_id"},
    ),
    (
        "itsm.ci.handover.line",
        "handover_id",
        "signed",
        {"state", "user_partner_id", "location_id"},
    ),
)


class ItsmCi(models.Model):
    """What was decided elsewhere needs no second authorisation (CFG-17, CFG-41).

    An approved scrapping, a signed hand-over sheet, and a source of imports that a
    configuration manager lets count.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    @api.model
    def _authority_for(self, changes, moment):
        found = super()._authority_for(changes, moment)
        for model_name, parent, state, attributes in PAPERS:
            self._authority_of_paper(
                found,
                [change for change in changes if change.attribute in attributes],
                model_name,
                parent,
                state,
            )
        origin = self._import_origin()
        source = self._source_that_counts(origin and origin.source_id)
        if source:
            for change in changes:
                found.setdefault(change, source)
        return found

    @api.model
    def _authority_of_paper(self, found, changes, model_name, parent, state):
        """Add what papers authorise to *found*; one search."""
        ids = {change.ci_id for change in changes if change not in found} - {False}
        if not ids:
            return
        # sudo: a decision holds for everybody, whoever may read it
        lines = self.env[model_name].sudo()
        lines = lines.search(
            [("ci_id", "in", sorted(ids)), (f"{parent}.state", "=", state)]
        )
        papers = {line.ci_id.id: line[parent] for line in lines}
        for change in changes:
            if change.ci_id in papers:
                found.setdefault(change, papers[change.ci_id])

    @api.model
    def _source_that_counts(self, source_id):
        """The source if a configuration manager lets it count as authority."""
        # sudo: a setting for everybody
        source = self.env["itsm.ci.source"].sudo().browse(source_id or ())
        return source.filtered("is_authority")

    @api.model
    def _own_authority(self, vals):
        source = self._source_that_counts(vals.get("import_source_id"))
        return source or super()._own_authority(vals)


class ItsmCiHistory(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.history"

    @api.model
    def _selection_authority(self):
        more = {
            "itsm.ci.scrapping": self.env._("Scrapping"),
            "itsm.ci.handover": self.env._("Hand-over sheet"),
            "itsm.ci.source": self.env._("Source of imports"),
        }
        return [*super()._selection_authority(), *more.items()]

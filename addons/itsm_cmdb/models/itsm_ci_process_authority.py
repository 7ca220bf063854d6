# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..tools.process import CONTEXT, Process
from ..tools.reconciler_control import tally_of

#: Lines of papers that are approved or signed until they are carried out: the model of
#: the paper, that of its lines, the field that leads from them to it, its state, and
#: what it authorises of its items.
PAPERS = {
    "itsm.ci.scrapping": (
        "itsm.ci.scrapping.line",
        "scrapping_id",
        "approved",
        {"state", "active", "user_partner_id", "location_id"},
    ),
    "itsm.ci.handover": (
        "itsm.ci.handover.line",
        "handover_id",
        "signed",
        {"state", "user_partner_id", "location_id"},
    ),
}


class ItsmCi(models.Model):
    """What was decided elsewhere needs no second authorisation (CFG-17, CFG-41).

    An approved scrapping and a signed hand-over sheet while they are carried out, and
    a source of imports that a configuration manager lets count.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    @api.model
    def _process(self):
        """Which papers are being carried out; no context that a client sends says it.

        :rtype: Process | None
        """
        process = self.env.context.get(CONTEXT)
        return process if isinstance(process, Process) else None

    @api.model
    def _authority_for(self, changes, moment):
        found = super()._authority_for(changes, moment)
        process = self._process()
        if process and process.model in PAPERS:
            self._authority_of_papers(found, changes, process)
        origin = self._import_origin()
        source = self._source_that_counts(origin and origin.source_id)
        if source:
            for change in changes:
                found.setdefault(change, source)
        return found

    @api.model
    def _authority_of_papers(self, found, changes, process):
        """Add what the papers of *process* authorise to *found*; one search."""
        model_name, parent, state, attributes = PAPERS[process.model]
        changes = [
            change
            for change in changes
            if change not in found and change.attribute in attributes
        ]
        ids = {change.ci_id for change in changes} - {False}
        if not ids:
            return
        # sudo: a decision holds for everybody, whoever may read it
        lines = self.env[model_name].sudo()
        lines = lines.search(
            [
                ("ci_id", "in", sorted(ids)),
                (parent, "in", sorted(process.ids)),
                (f"{parent}.state", "=", state),
            ]
        )
        papers = {line.ci_id.id: line[parent] for line in lines}
        for change in changes:
            if change.ci_id in papers:
                found[change] = papers[change.ci_id]

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

    @api.model
    def _note_authority(self, vals, authority):
        # a relation is under control at both of its ends
        is_first = "authority_key" not in vals
        result = super()._note_authority(vals, authority)
        if is_first and authority._name == "itsm.ci.source":
            tally = tally_of(authority)
            if tally:
                tally.authorised += 1
        return result


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

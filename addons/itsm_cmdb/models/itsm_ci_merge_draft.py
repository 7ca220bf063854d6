# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from odoo.addons.itsm_base.tools import guard

from .itsm_ci_handover_line import ENTERED
from .itsm_ci_scrapping_line import WIPED

DRAFT = [("state", "=", "draft")]
#: What is asked for and not answered yet.
ASKED = [("state", "in", ("draft", "asked"))]
PLANNED = [("state", "=", "planned")]


class ItsmCi(models.Model):
    """Drafts and plans that name what is merged: they go over too (CFG-26).

    What is under way refuses the merge (`_merge_open_papers`); what is done stays with
    whose it was (`itsm_ci_merge_evidence`).
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    @api.model
    def _merge_draft_references(self):
        """What is not begun yet and is about the one that stays from then on.

        An approved authorisation is none of these: what was approved of one item is
        not approved of another.

        :return: list of ``(model, domain of drafts, many2one or many2many field)``
        """
        scopes = [
            (model_name, domain, name)
            for model_name, domain in (
                ("itsm.ci.baseline", DRAFT),
                ("itsm.ci.audit", PLANNED),
            )
            for name in ("ci_ids", "system_id")
        ]
        return [
            ("itsm.ci.handover", DRAFT, "location_id"),
            ("itsm.ci.maintenance.order", PLANNED, "ci_ids"),
            ("itsm.ci.maintenance.order", PLANNED, "location_id"),
            ("itsm.ci.repair", DRAFT, "ci_id"),
            ("itsm.ci.authorisation", ASKED, "ci_ids"),
            *scopes,
        ]

    @api.model
    def _merge_draft_lines(self):
        """Lines of sheets that name an item once at most.

        :return: list of ``(model of the lines, field of the sheet, what people enter in
            a line)``
        """
        return [
            ("itsm.ci.handover.line", "handover_id", ENTERED),
            ("itsm.ci.scrapping.line", "scrapping_id", WIPED),
        ]

    def _check_merge_drafts(self, keep):
        """Whether *keep* may stand on the drafts that name these.

        :raise UserError: naming the draft
        """
        if not keep.service_id and keep.state != "cancelled":
            return
        # sudo: what is written down counts, whoever may see it
        lines = self.env["itsm.ci.scrapping.line"].sudo()
        line = lines.search(
            Domain("ci_id", "in", self.ids) & Domain("state", "=", "draft"), limit=1
        )
        if line:
            raise UserError(
                self.env._(
                    "The draft %(paper)s names %(gone)s, and %(keep)s cannot be "
                    "scrapped: it stands for a service, or is gone already. Take "
                    "%(gone)s off %(paper)s first.",
                    paper=line.scrapping_id.number,
                    gone=line.ci_id.name,
                    keep=keep.name,
                )
            )

    def _merge_drafts(self, keep):
        """Drafts name *keep*, each once; their chatter says what stood there before."""
        for model_name, domain, name in self._merge_draft_references():
            # sudo: they go over in every company, whoever may see them
            drafts = self.env[model_name].sudo().with_context(active_test=False)
            drafts = drafts.search(Domain(domain) & Domain(name, "in", self.ids))
            if drafts:
                self._merge_note(drafts, name, keep)
                value = keep.id
                if drafts._fields[name].type == "many2many":
                    value = [Command.link(keep.id), *map(Command.unlink, self.ids)]
                # with the key: what was asked for is not changed by hand
                guard.with_token(drafts).write({name: value})
        for model_name, parent, entered in self._merge_draft_lines():
            # sudo: as above; with the key: whoever else may write a line
            lines = guard.with_token(self.env[model_name].sudo())
            lines = lines.search(
                Domain("ci_id", "in", (self | keep).ids)
                & Domain(f"{parent}.state", "=", "draft")
            )
            for sheet, found in lines.grouped(parent).items():
                if found.ci_id == keep:
                    continue
                self._merge_note(sheet, None, keep, found.ci_id)
                # of several lines the one that says more, then the one of *keep*
                stays = found.sorted(
                    lambda line, names=entered: (
                        not any(line[name] for name in names),
                        line.ci_id != keep,
                        line.id,
                    )
                )[0]
                (found - stays).unlink()
                stays.ci_id = keep

    def _merge_note(self, drafts, name, keep, items=None):
        """Log on drafts that these were merged into *keep*."""
        bodies = {}
        for draft in drafts:
            named = (draft[name] if name else items) & self
            bodies[draft.id] = self.env._(
                "%(gone)s: merged into %(keep)s, which takes the place here.",
                gone=", ".join(named.mapped("display_name")),
                keep=keep.display_name,
            )
        guard.without_token(drafts)._message_log_batch(bodies=bodies)

# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.itsm_base.tools import guard


class ItsmBreach(models.Model):
    """Why a promise was missed, and who is responsible: said by who leads."""

    _inherit = "itsm.breach"

    # === Explaining ===

    def _check_may_explain(self):
        """Raise ``AccessError`` unless the user leads the desk or service levels."""
        user = self.env.user
        if not (
            user.has_group("itsm_base.itsm_group_lead")
            or user.has_group("itsm_sla.itsm_group_sla_manager")
        ):
            raise AccessError(
                self.env._(
                    "Explaining a breach is for the desk lead and the service level "
                    "manager. Ask one of them."
                )
            )
        self.check_access("read")

    def action_explain(self):
        """Ask for cause and responsible leg of one or many breaches (SLM-38)."""
        self._check_may_explain()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_breach_explain_action"
        )
        return action | {"context": {"default_breach_ids": self.ids}}

    def _explain(self, cause, note=False, leg=None):
        """Record why promises were missed; explaining again replaces it.

        With another cause a breach leaves the action that was proposed because of the
        old one.

        Written on the ticket as well, so that what was said before is not lost.

        :param cause: one `itsm.breach.cause`
        :param str note: what happened, in words; False leaves what is there
        :param dict leg: ``responsible``, ``responsible_team_id``,
            ``responsible_partner_id``; None: each keeps what is proposed, or what the
            cause says
        :raises AccessError: the user is neither desk lead nor service level manager
        :raises ValidationError: no cause; no name of the team or supplier
        :raises UserError: a breach was withdrawn
        """
        self._check_may_explain()
        if not cause:
            raise ValidationError(self.env._("Cause: choose one, then confirm again."))
        withdrawn = self.filtered(lambda breach: not breach.active)
        if withdrawn:
            raise UserError(
                self.env._(
                    "%(breach)s was withdrawn: there is nothing to explain. Leave it "
                    "out.",
                    breach=withdrawn[0].display_name,
                )
            )
        if leg:
            self._check_leg(leg)
        vals = {
            "cause_id": cause.id,
            "state": "explained",
            "explained_by_id": self.env.uid,
            "explained_at": fields.Datetime.now(),
        }
        if note:
            vals["note"] = note
        # sudo: only code writes breaches; who may was checked above
        breaches = guard.with_token(self.sudo())
        breaches._leave_action(cause)
        groups = {}
        for breach in breaches:
            own = leg or breach._leg_of_cause(cause)
            groups.setdefault(tuple(sorted(own.items())), breaches.browse())
            groups[tuple(sorted(own.items()))] |= breach
        for own, group in groups.items():
            group.write({**vals, **dict(own)})
        breaches._log_explanation(cause, note)
        self.env["itsm.breach.rule"]._propose(self)

    def _leave_action(self, cause):
        """Take breaches with another cause from now on out of their actions.

        The action stays: who owns it decides whether it is still worth doing.
        """
        leaving = self.filtered(
            lambda breach: breach.action_id and breach.cause_id != cause
        )
        actions = leaving.action_id
        if not actions:
            return
        gone = leaving.grouped("action_id")
        leaving._take_action(actions.browse())
        left = dict(
            self._read_group(
                [("action_id", "in", actions.ids)], ["action_id"], ["__count"]
            )
        )
        actions._message_log_batch(
            {
                action.id: self.env._(
                    "%(count)s breaches were explained anew, with another cause. Of "
                    "those because of which this was proposed %(left)s are left.",
                    count=len(gone[action]),
                    left=left.get(action, 0),
                )
                for action in actions
            }
        )

    @api.model
    def _check_leg(self, leg):
        if leg["responsible"] == "team" and not leg.get("responsible_team_id"):
            raise ValidationError(
                self.env._("Responsible Team: choose the team that was late.")
            )
        if leg["responsible"] == "supplier" and not leg.get("responsible_partner_id"):
            raise ValidationError(
                self.env._("Responsible Supplier: choose the supplier who was late.")
            )

    def _leg_of_cause(self, cause):
        """What is responsible if nobody says otherwise: the cause's word, then ours."""
        self.ensure_one()
        proposed = "team" if self.proposed_team_id else "none"
        if self.proposed_partner_id:
            proposed = "supplier"
        responsible = cause.responsible or proposed
        leg = {
            "responsible": responsible,
            "responsible_team_id": False,
            "responsible_partner_id": False,
        }
        if responsible == "team":
            leg["responsible_team_id"] = (self.proposed_team_id or self.team_id).id
        elif responsible == "supplier":
            leg["responsible_partner_id"] = self.proposed_partner_id.id
        return leg

    def _log_explanation(self, cause, note):
        """A note on each ticket, internal: who explained what and how."""
        labels = dict(self._fields["metric"]._description_selection(self.env))
        bodies = {}
        for breach in self:
            body = self.env._(
                "%(metric)s was late. Cause: %(cause)s. Responsible: %(leg)s. %(note)s",
                metric=labels[breach.metric],
                cause=cause.name,
                leg=breach.responsible_name or "–",
                note=note or "",
            )
            before = bodies.get(breach.ticket_id.id)
            bodies[breach.ticket_id.id] = f"{before}\n{body}" if before else body
        self.ticket_id._message_log_batch(bodies)

# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.itsm_base.models.itsm_notification_event import TOLD
from odoo.addons.itsm_base.tools import guard

from ..tools.properties import JsonValue
from .itsm_ci import ORIGINS
from .itsm_ci_authorisation import MANAGER
from .itsm_ci_record import DELETION

_logger = logging.getLogger(__name__)

#: What waits for the end of a transaction, in the data of its callbacks.
WAITING = "itsm_ci_unauthorised"
#: Incidents of this transaction: more that is found goes to the same.
INCIDENTS = "itsm_ci_unauthorised_incidents"
#: How many changes an incident tells one by one.
SHOWN = 20


class ItsmCiUnauthorised(models.Model):
    """A change of something under control that nobody authorised (CFG-17, K58).

    It is evidence: what became of it is added by a configuration manager, nothing is
    taken away. Explained afterwards it is still not authorised.
    """

    _name = "itsm.ci.unauthorised"
    _description = "Unauthorised Change"
    _inherit = ["itsm.evidence.mixin", "itsm.notification.mixin"]
    _order = "id desc"

    ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Configuration Item",
        index=True,
        ondelete="restrict",
    )
    ci_name = fields.Char(
        string="Name Then", required=True, help="What it was called at that time."
    )
    other_ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Other Configuration Item",
        index="btree_not_null",
        ondelete="restrict",
        help="The other end of a relation.",
    )
    class_id = fields.Many2one(
        comodel_name="itsm.ci.class",
        string="CI Class",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, ondelete="restrict"
    )
    time = fields.Datetime(required=True, index=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", required=True, ondelete="restrict"
    )
    origin = fields.Selection(selection=ORIGINS, string="By Way Of")
    attribute = fields.Char(required=True)
    # what they say depends on who reads: the texts below
    old_value = JsonValue(string="Before", groups=fields.NO_ACCESS)
    new_value = JsonValue(string="After", groups=fields.NO_ACCESS)
    attribute_name = fields.Char(
        string="What", compute="_compute_words", compute_sudo=False
    )
    old_text = fields.Char(string="Old", compute="_compute_words", compute_sudo=False)
    new_text = fields.Char(
        string="New Value", compute="_compute_words", compute_sudo=False
    )
    history_id = fields.Many2one(
        comodel_name="itsm.ci.history",
        string="Line of History",
        index="btree_not_null",
        ondelete="restrict",
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Incident",
        index="btree_not_null",
        ondelete="restrict",
    )
    state = fields.Selection(
        selection=[
            ("new", "To be decided"),
            ("explained", "Accepted afterwards"),
            ("reverted", "Taken back"),
        ],
        required=True,
        default="new",
        index=True,
    )
    reason = fields.Text(help="Why it was accepted, or how it was taken back.")
    decided_by_id = fields.Many2one(
        comodel_name="res.users", string="Concluded by", ondelete="restrict"
    )
    decided_at = fields.Datetime(string="Concluded")
    is_self_decided = fields.Boolean(
        string="By Himself",
        compute="_compute_is_self_decided",
        search="_search_is_self_decided",
        help="Who says what became of it had changed it.",
    )
    told = fields.Char(
        compute="_compute_told",
        help="How many people were told, and how many will be when they work.",
    )

    @api.depends("user_id", "decided_by_id")
    def _compute_is_self_decided(self):
        for change in self:
            change.is_self_decided = change.decided_by_id == change.user_id

    def _search_is_self_decided(self, operator, value):
        if operator != "in":
            return NotImplemented
        decided, changed = (
            SQL.identifier(name, to_flush=self._fields[name])
            for name in ("decided_by_id", "user_id")
        )
        table = SQL.identifier(self._table)
        own = SQL("(SELECT id FROM %s WHERE %s = %s)", table, decided, changed)
        return [("id", "in", own)]

    @api.depends_context("lang")
    def _compute_told(self):
        # sudo: a number says nothing about who they are
        counts = {
            (number, outcome): count
            for number, outcome, count in self.env["itsm.notification.log"]
            .sudo()
            ._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id", "outcome"],
                ["__count"],
            )
        }
        for change in self:
            told = counts.get((change.id, "sent"), 0)
            waiting = sum(counts.get((change.id, kind), 0) for kind in TOLD)
            if waiting and told:
                change.told = self.env._(
                    "%(told)s, %(waiting)s waiting", told=told, waiting=waiting
                )
            elif waiting:
                change.told = self.env._("%(waiting)s waiting", waiting=waiting)
            else:
                change.told = str(told)

    @api.depends("attribute", "old_value", "new_value", "ci_id")
    @api.depends_context("lang", "tz", "uid")
    def _compute_words(self):
        words = self.env["itsm.ci"]._history_words(self)
        for change in self:
            change.attribute_name, change.old_text, change.new_text = words[change]

    @api.depends("ci_name", "attribute")
    @api.depends_context("lang")
    def _compute_display_name(self):
        items = self.env["itsm.ci"]
        for change in self:
            change.display_name = (
                f"{change.ci_name}: {items._thing_name(change.attribute or '')}"
            )

    # === Writing it down ===

    @api.model
    def _record(self, found, silent):
        """Write down what was not authorised, and tell it when all is saved.

        :param list found: ``(values of a line of history, Need, the line or None)``
        :param bool silent: nobody is told and no incident is opened: imported history
        """
        if not found:
            return
        vals_list = [
            {
                "ci_id": False if vals["attribute"] == DELETION else need.fact.ci_id,
                "ci_name": need.fact.name or "-",
                "other_ci_id": self._other_end(vals, need),
                "class_id": need.fact.class_id,
                "company_id": need.fact.company_id or self.env.company.id,
                "time": vals["time"],
                "user_id": vals["user_id"],
                "origin": vals["origin"],
                "attribute": vals["attribute"],
                "old_value": vals.get("old_value"),
                "new_value": vals.get("new_value"),
                "history_id": line.id if line else False,
                "import_source_id": vals.get("import_source_id"),
            }
            for vals, need, line in found
        ]
        # sudo: evidence is written by code only
        changes = guard.with_token(self.sudo()).create(vals_list)
        if not silent:
            changes._tell_later()

    @api.model
    def _other_end(self, vals, need):
        ends = {vals.get("ci_id"), vals.get("other_ci_id")} - {need.fact.ci_id}
        return next((end for end in ends if end), False)

    # === Telling ===

    def _tell_later(self):
        """Tell of all changes of a save at once, when it is complete."""
        precommit = self.env.cr.precommit
        waiting = precommit.data.setdefault(WAITING, [])
        if not waiting:
            # the context of who wrote is not the context of what is made of it
            env = self.env(
                context={"lang": self.env.lang, "tz": self.env.context.get("tz")}
            )
            precommit.add(env[self._name]._tell)
        waiting.extend(self.ids)

    @api.model
    def _tell(self):
        """Open incidents and alert configuration managers; never stop the save."""
        ids = self.env.cr.precommit.data.pop(WAITING, [])
        # sudo: who changed something need not be allowed to see who is told
        changes = self.sudo().browse(ids).exists()
        if not changes:
            return
        try:
            with self.env.cr.savepoint():
                for company, mine in changes.grouped("company_id").items():
                    mine = mine.with_company(company)
                    mine._open_incidents()
                    first = mine[0]
                    self.env["itsm.notification.event"]._notify(
                        "ci_unauthorised",
                        first,
                        count=len(mine),
                        names=", ".join(dict.fromkeys(mine[:5].mapped("ci_name"))),
                    )
        except Exception:
            # what happened is written down; that must not fail as well
            _logger.exception("Unauthorised changes were not told: %s", changes.ids)

    def _open_incidents(self):
        """One incident for each class that asks for it."""
        known = self.env.cr.cache.setdefault(INCIDENTS, {})
        for ci_class, changes in self.grouped("class_id").items():
            if not ci_class._control_of(ci_class.id).incident:
                continue
            key = changes[0].company_id.id, ci_class.id
            tickets = self.env["helpdesk.ticket"]
            ticket = tickets.browse(known.get(key, [])).exists()
            if not ticket:
                ticket = tickets.create(changes._prepare_incident(ci_class))
                known[key] = ticket.id
            else:
                ticket.ci_ids = [
                    Command.link(item.id) for item in changes.ci_id - ticket.ci_ids
                ]
            guard.with_token(changes).ticket_id = ticket

    def _prepare_incident(self, ci_class):
        """Values of the incident about these changes of one class and company."""
        names = list(dict.fromkeys(self.mapped("ci_name")))
        shown = ", ".join(names[:3])
        if len(names) > 3:
            shown = self.env._(
                "%(names)s and %(count)s more", names=shown, count=len(names) - 3
            )
        lines = [
            self.env._(
                "%(ci)s, %(what)s: by %(user)s, %(origin)s",
                ci=change.ci_name,
                what=change.attribute_name,
                user=change.user_id.name,
                origin=dict(
                    self._fields["origin"]._description_selection(self.env)
                ).get(change.origin, ""),
            )
            for change in self[:SHOWN]
        ]
        if len(self) > SHOWN:
            lines.append(self.env._("… and %(count)s more.", count=len(self) - SHOWN))
        company = self[0].company_id
        items = self.ci_id.filtered(
            lambda item: not item.company_id or item.company_id == company
        )
        return {
            "name": self.env._(
                "Unauthorised change of %(ci_class)s: %(names)s",
                ci_class=ci_class.name,
                names=shown,
            ),
            "description": Markup("<p>%s</p><ul>%s</ul>")
            % (
                self.env._(
                    "What is under control was changed without authorisation. Find out "
                    "why, and take it back or accept it: CMDB → Control → Unauthorised "
                    "Changes."
                ),
                Markup("").join(Markup("<li>%s</li>") % line for line in lines),
            ),
            "itsm_kind": "incident",
            "company_id": company.id,
            "ci_ids": [Command.set(items.ids)],
        }

    def _itsm_notification_recipients(self, role):
        if role == "owner":
            return {change.id: change.ci_id.owner_id.partner_id for change in self}
        if role == "manager":
            return self.env["res.users"]._itsm_ci_managers_of(self)
        return super()._itsm_notification_recipients(role)

    # === What becomes of it ===

    def action_decide(self, state, reason):
        """Say what became of these changes.

        :param str state: explained or reverted
        :param str reason: why, or how
        :raise AccessError: the user is no configuration manager
        :raise UserError: one of them is decided already
        :raise ValidationError: no reason is given, or no such state
        """
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "Only configuration managers say what becomes of unauthorised "
                    "changes. Ask one of them."
                )
            )
        if state not in ("explained", "reverted") or not (reason or "").strip():
            raise ValidationError(
                self.env._("Say why it is accepted, or how it was taken back.")
            )
        decided = self.filtered(lambda change: change.state != "new")
        if decided:
            raise UserError(
                self.env._("%(name)s is decided already.", name=decided[0].display_name)
            )
        # sudo: evidence is written by code only
        guard.with_token(self.sudo()).write(
            {
                "state": state,
                "reason": reason.strip(),
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    def action_explain(self):
        """Ask why these changes are accepted afterwards."""
        return self._action_decide("explained", self.env._("Accept Afterwards"))

    def action_revert(self):
        """Ask how these changes were taken back."""
        return self._action_decide("reverted", self.env._("Taken Back"))

    def _action_decide(self, state, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "itsm.ci.unauthorised.decide",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_change_ids": self.ids, "default_state": state},
        }

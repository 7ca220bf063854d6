# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

from odoo.addons.itsm_base.tools.serial import one_after_the_other

from ..tools.clock import Level

NEW_LEVELS = "itsm_new_levels"


class NewLevels(NamedTuple):
    """In the context while levels get their first targets; no client can send it."""

    ids: frozenset


class ItsmAgreementLevel(models.Model):
    """Other targets for a time, within an agreement that stays in force (SLM-26)."""

    _name = "itsm.agreement.level"
    _description = "Temporary Service Level"
    _inherit = ["mail.thread", "itsm.archive.mixin"]
    _order = "agreement_id, date_from"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('is_template', '=', False), ('state', '!=', 'terminated')]",
    )
    kind = fields.Selection(related="agreement_id.kind")
    name = fields.Char(
        required=True, tracking=True, help="For example: year-end closing."
    )
    date_from = fields.Date(
        string="From",
        compute="_compute_date_from",
        precompute=True,
        store=True,
        readonly=False,
        required=True,
        tracking=True,
        help="First day, in the agreement's time zone. Clocks that start on one of the "
        "days get these targets, and keep them afterwards.",
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        tracking=True,
        help="Last day, in the agreement's time zone.",
    )
    reason = fields.Text(
        required=True, tracking=True, help="Why, and with whom it was agreed."
    )
    target_ids = fields.One2many(
        comodel_name="itsm.agreement.target",
        inverse_name="level_id",
        string="Targets",
        copy=True,
        help="Where nothing is entered the agreement's own target holds.",
    )
    has_begun = fields.Boolean(compute="_compute_has_begun")

    _dates_ordered = models.Constraint(
        "CHECK(date_to >= date_from)",
        "The temporary level ends before it begins: set Until to a day on or after "
        "From.",
    )

    # === Computes ===

    @api.depends("agreement_id")
    def _compute_date_from(self):
        """Today where the agreement is kept: the user's own day may be another."""
        for level in self:
            if level.agreement_id and not level.date_from:
                level.date_from = level.agreement_id._today()

    @api.depends("date_from", "agreement_id.state", "agreement_id.tz")
    def _compute_has_begun(self):
        for level in self:
            level.has_begun = level._has_begun()

    def _has_begun(self):
        """Whether clocks may have got these targets."""
        self.ensure_one()
        agreement = self.agreement_id
        return bool(
            agreement.state not in (False, "draft")
            and self.date_from
            and self.date_from <= agreement._today()
        )

    @api.depends("name", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for level in self:
            level.display_name = "{} ({} – {})".format(
                level.name or "",
                format_date(self.env, level.date_from),
                format_date(self.env, level.date_to),
            )

    # === Constraints ===

    @api.constrains("agreement_id", "date_from", "date_to")
    def _check_overlap(self):
        # sudo: two levels saved at once must not both find the days free
        one_after_the_other(self.agreement_id.sudo())
        for level in self:
            other = self.search(
                [
                    ("id", "!=", level.id),
                    ("agreement_id", "=", level.agreement_id.id),
                    ("date_from", "<=", level.date_to),
                    ("date_to", ">=", level.date_from),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "From, Until: %(level)s has days in common with %(other)s. "
                        "Choose other days, or let the other one end before.",
                        level=level.display_name,
                        other=other.display_name,
                    )
                )

    @api.constrains("agreement_id")
    def _check_agreement(self):
        for level in self:
            agreement = level.agreement_id
            if agreement.is_template or agreement.state == "terminated":
                raise ValidationError(
                    self.env._(
                        "Agreement: %(agreement)s is not in force and will not be. "
                        "Choose a draft or an active agreement.",
                        agreement=agreement.display_name,
                    )
                )

    def _check_ahead(self):
        """Nothing is promised for days that have passed."""
        for level in self:
            agreement = level.agreement_id
            if agreement.state == "active" and level.date_from < agreement._today():
                raise ValidationError(
                    self.env._(
                        "From: %(level)s would begin before today, for clocks that "
                        "were promised something else. Enter today or a later day.",
                        level=level.display_name,
                    )
                )

    def _check_not_begun(self, names):
        """Refuse to change what clocks have got; an end that lies ahead may move."""
        new = self.env.context.get(NEW_LEVELS)
        new_ids = new.ids if isinstance(new, NewLevels) else ()
        for level in self:
            if level.id in new_ids or not level._has_begun():
                continue
            is_over = level.date_to < level.agreement_id._today()
            if is_over or names - {"date_to"}:
                raise UserError(
                    self.env._(
                        "%(level)s has begun and clocks may have got its targets: only "
                        "Until can be changed, as long as it lies ahead. Let it end, "
                        "and add another one.",
                        level=level.display_name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        targets = [self._prepare_new_targets(vals) for vals in vals_list]
        vals_list = [
            {name: value for name, value in vals.items() if name != "target_ids"}
            for vals in vals_list
        ]
        levels = super().create(vals_list)
        # Its own targets may be made, though it may begin today.
        new = NewLevels(frozenset(levels.ids))
        self.env["itsm.agreement.target"].with_context(**{NEW_LEVELS: new}).create(
            [
                {**vals, "level_id": level.id, "agreement_id": level.agreement_id.id}
                for level, own in zip(levels, targets, strict=True)
                for vals in own
            ]
        )
        levels.invalidate_recordset(["target_ids"])
        levels._check_ahead()
        self.env["itsm.agreement"]._mark_changed()
        return levels

    def write(self, vals):
        self.check_access("write")
        begun = self.filtered(lambda level: level._has_begun())
        begun._check_not_begun(set(vals))
        self._check_target_commands(vals.get("target_ids") or [])
        result = super().write(vals)
        for level in begun:
            if level.date_to < level.agreement_id._today():
                raise ValidationError(
                    self.env._(
                        "Until: %(level)s holds today already. Enter today or a later "
                        "day.",
                        level=level.display_name,
                    )
                )
        if {"date_from", "agreement_id"} & vals.keys():
            (self - begun)._check_ahead()
        self.env["itsm.agreement"]._mark_changed()
        return result

    @api.model
    def _prepare_new_targets(self, vals):
        """Values of the targets that a new level is created with.

        :raises UserError: targets that exist already are among them
        """
        commands = vals.get("target_ids") or []
        if not all(self._is_command(command, Command.CREATE) for command in commands):
            raise UserError(
                self.env._(
                    "Targets: a new temporary level gets new targets only. Enter "
                    "them anew; those of the agreement and of other levels stay where "
                    "they are."
                )
            )
        return [command[2] for command in commands]

    def _check_target_commands(self, commands):
        """Refuse to change, move or remove targets of something else.

        :raises UserError: they are not the level's own
        """
        own = set(self.target_ids.ids)
        for command in commands:
            if self._is_command(command, Command.CREATE, Command.CLEAR):
                continue
            if self._is_command(command, Command.SET):
                ids = command[2]
            elif isinstance(command, list | tuple) and len(command) > 1:
                ids = [command[1]]
            else:
                ids = [None]
            if not own.issuperset(ids):
                raise UserError(
                    self.env._(
                        "Targets: only the level's own targets can be changed here. "
                        "Those of the agreement and of other levels stay where they "
                        "are; enter new ones."
                    )
                )

    @staticmethod
    def _is_command(command, *codes):
        return isinstance(command, list | tuple) and command and command[0] in codes

    def unlink(self):
        self.env["itsm.agreement"]._mark_changed()
        return super().unlink()

    def _archive_kept(self):
        return self.filtered(lambda level: level._has_begun())

    def _archive_message(self):
        return self.env._(
            "%(level)s has begun and is evidence: let it end today instead of deleting "
            "it.",
            level=self[0].display_name,
        )

    # === What clocks ask ===

    def _as_rules(self):
        """The fold's `Level` of each, by first day."""
        return tuple(
            Level(
                level.id,
                level.date_from,
                level.date_to,
                {
                    (t.metric, t.itsm_kind, t.priority): t._promise()
                    for t in level.target_ids
                },
                level.agreement_id.tz,
            )
            for level in self.sorted("date_from")
        )

# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

MANAGER = "itsm_cmdb.itsm_group_ci_manager"


class ItsmCiAuthorisation(models.Model):
    """A configuration manager's word that something under control may be changed.

    It names what may be changed, by whom and when; what is changed names it (CFG-17).
    Once approved it stays as it is and ends with its window.
    """

    _name = "itsm.ci.authorisation"
    _description = "Authorisation of Changes"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "itsm.step.mixin",
        "itsm.notification.mixin",
        "itsm.archive.mixin",
    ]
    _order = "date_start desc, id desc"
    _rec_names_search = ["number", "name"]
    _check_company_auto = True

    _step_new = {
        "state": "draft",
        "asked_by_id": False,
        "asked_at": False,
        "refused_by_id": False,
        "refused_at": False,
        "answer": False,
        "approved_by_id": False,
        "approved_at": False,
        "withdrawn_by_id": False,
        "withdrawn_at": False,
        "number": False,
    }

    number = fields.Char(readonly=True, copy=False)
    name = fields.Char(
        string="What Is to Be Done",
        required=True,
        tracking=True,
    )
    reason = fields.Text(
        required=True, help="Why it is done. It is shown to who audits the changes."
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    ci_ids = fields.Many2many(
        comodel_name="itsm.ci",
        relation="itsm_ci_authorisation_ci_rel",
        column1="authorisation_id",
        column2="ci_id",
        ondelete="restrict",
        string="Configuration Items",
        check_company=True,
        # evidence names what is archived since as well
        context={"active_test": False},
        help="May be changed. A relation is under control at both of its ends: name "
        "both.",
    )
    class_ids = fields.Many2many(
        comodel_name="itsm.ci.class",
        relation="itsm_ci_authorisation_class_rel",
        column1="authorisation_id",
        column2="class_id",
        ondelete="restrict",
        string="All of These Classes",
        help="All configuration items of these classes and of those below, new ones "
        "too: for a first load, a move, a replacement of many.",
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="itsm_ci_authorisation_user_rel",
        column1="authorisation_id",
        column2="user_id",
        ondelete="restrict",
        string="Used by",
        domain="[('share', '=', False)]",
        help="Only these people may change it. Empty: whoever may write it.",
    )
    date_start = fields.Datetime(
        string="From", required=True, default=fields.Datetime.now, tracking=True
    )
    date_end = fields.Datetime(
        string="Until",
        required=True,
        tracking=True,
        help="At this moment it is over, by itself.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("asked", "Asked"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        tracking=True,
    )
    asked_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Sent by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    asked_at = fields.Datetime(string="Sent at", readonly=True, copy=False)
    refused_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    refused_at = fields.Datetime(readonly=True, copy=False)
    answer = fields.Text(string="Why Refused", readonly=True, copy=False, tracking=True)
    approved_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    approved_at = fields.Datetime(readonly=True, copy=False)
    withdrawn_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    withdrawn_at = fields.Datetime(readonly=True, copy=False)
    is_self_approved = fields.Boolean(
        string="By Himself",
        compute="_compute_is_self_approved",
        store=True,
        help="Who approved it had asked for it, or is the only one who may use it.",
    )
    is_open = fields.Boolean(
        string="In Its Window", compute="_compute_is_open", search="_search_is_open"
    )
    change_count = fields.Integer(
        string="Changes Made", compute="_compute_change_count", help="Made under it."
    )
    active = fields.Boolean(default=True)

    _window = models.Constraint(
        "CHECK(date_end > date_start)", "An authorisation ends after it begins."
    )
    _number_uniq = models.Constraint(
        "UNIQUE(number)", "Another authorisation has this number."
    )
    # the few that are in force among all there ever were
    _approved_idx = models.Index("(date_end) WHERE state = 'approved'")

    # === Computes ===

    @api.depends("number", "name")
    def _compute_display_name(self):
        for record in self:
            record.display_name = " ".join(filter(None, (record.number, record.name)))

    @api.depends("approved_by_id", "create_uid", "user_ids", "asked_by_id")
    def _compute_is_self_approved(self):
        for record in self:
            approver = record.approved_by_id
            record.is_self_approved = bool(approver) and (
                approver in (record.create_uid, record.asked_by_id)
                or record.user_ids == approver
            )

    @api.depends("state", "date_start", "date_end")
    def _compute_is_open(self):
        now = fields.Datetime.now()
        for record in self:
            record.is_open = (
                record.state == "approved"
                and bool(record.date_start and record.date_end)
                and record.date_start <= now < record.date_end
            )

    @api.model
    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._domain_in_force(fields.Datetime.now())
        return domain if True in value else ~domain

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_change_count(self):
        keys = {f"{self._name},{record_id}": record_id for record_id in self.ids}
        counts = dict(
            self.env["itsm.ci.history"]._read_group(
                [("authority_key", "in", list(keys))], ["authority_key"], ["__count"]
            )
        )
        for record in self:
            record.change_count = counts.get(f"{self._name},{record.id}", 0)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record in guard.with_token(records):
            # sudo: a number is drawn for whoever may ask
            sequence = self.env["ir.sequence"].sudo()
            record.number = sequence.next_by_code(self._name)
        return records

    def write(self, vals):
        if not guard.has_token(self.env) and self._fixed_fields() & vals.keys():
            self.check_access("write")  # before a refusal that names the record
            fixed = self.filtered(lambda record: record.state != "draft")
            if fixed:
                raise UserError(
                    self.env._(
                        "%(name)s is asked for: press Back to Draft to change it.",
                        name=fixed[0].display_name,
                    )
                    if fixed[0].state == "asked"
                    else self.env._(
                        "%(name)s is decided and stays as it is. Withdraw it and make "
                        "another one.",
                        name=fixed[0].display_name,
                    )
                )
        result = super().write(vals)
        if "company_id" in vals:
            # nobody moves it to where he does not work
            self.check_access("write")
        return result

    @api.model
    def _fixed_fields(self):
        """What cannot change once it is decided."""
        return {
            "name",
            "reason",
            "company_id",
            "ci_ids",
            "class_ids",
            "user_ids",
            "date_start",
            "date_end",
        }

    def _archive_kept(self):
        return self.filtered(lambda record: record.state != "draft")

    def _archive_message(self):
        return self.env._(
            "%(name)s is decided: it is kept. Archive it instead of deleting it.",
            name=self[0].display_name,
        )

    # === Steps ===

    def action_ask(self):
        """Ask the configuration managers of the company; they are told (CFG-17).

        :raise AccessError: the user may not write it
        :raise UserError: it is not a draft
        :raise ValidationError: it names nothing, or its window is over
        """
        self._check_step("draft")
        now = fields.Datetime.now()
        self._check_askable(now)
        guard.with_token(self).write(
            {"state": "asked", "asked_by_id": self.env.uid, "asked_at": now}
        )
        self.env["itsm.notification.event"]._notify("ci_authorisation_asked", self)

    def action_back(self):
        """Take it back, to change it and ask again.

        :raise AccessError: the user may not write it
        :raise UserError: it is not asked for
        """
        self._check_step("asked")
        guard.with_token(self).write(
            {"state": "draft", "asked_by_id": False, "asked_at": False}
        )

    def action_refuse(self, reason=None):
        """Refuse it and say why; who asked is told (CFG-17).

        :param str reason: asked for in a window unless it is given
        :raise AccessError: the user is no configuration manager
        :raise UserError: it is not asked for
        """
        self._check_manager()
        self._check_step("asked")
        if not (reason or "").strip():
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Refuse"),
                "res_model": "itsm.ci.authorisation.refuse",
                "views": [(False, "form")],
                "target": "new",
                "context": {"default_authorisation_ids": self.ids},
            }
        guard.with_token(self).write(
            {
                "state": "refused",
                "answer": reason.strip(),
                "refused_by_id": self.env.uid,
                "refused_at": fields.Datetime.now(),
            }
        )
        self._tell_answer()
        return True

    def _tell_answer(self):
        """Tell who asked; nobody is told of what he did himself."""
        asked = self.filtered("asked_by_id")
        self.env["itsm.notification.event"]._notify(
            "ci_authorisation_answered",
            asked.filtered(lambda record: record.asked_by_id != self.env.user),
        )

    def _itsm_notification_recipients(self, role):
        if role == "manager":
            return self._configuration_managers()
        if role == "requester":
            return {record.id: record.asked_by_id.partner_id for record in self}
        return super()._itsm_notification_recipients(role)

    def _configuration_managers(self):
        """The configuration managers of each one's company, without who asks."""
        managers = self.env["res.users"]._itsm_ci_managers_of(self)
        return {
            record.id: managers[record.id] - record.asked_by_id.partner_id
            for record in self
        }

    def _check_askable(self, now):
        for record in self:
            if not record.ci_ids and not record.class_ids:
                raise ValidationError(
                    self.env._(
                        "%(name)s names nothing: choose configuration items or "
                        "classes.",
                        name=record.display_name,
                    )
                )
            if record.date_end <= now:
                raise ValidationError(
                    self.env._(
                        "The window of %(name)s is over: nothing could be changed under"
                        " it. Choose a later end.",
                        name=record.display_name,
                    )
                )

    def action_approve(self):
        """Let what is named be changed within the window.

        :raise AccessError: the user is no configuration manager
        :raise UserError: it is decided already
        :raise ValidationError: it names nothing, or its window is over
        """
        self._check_manager()
        self._check_step("draft", "asked")
        now = fields.Datetime.now()
        self._check_askable(now)
        guard.with_token(self).write(
            {"state": "approved", "approved_by_id": self.env.uid, "approved_at": now}
        )
        self._tell_answer()

    def action_withdraw(self):
        """Nothing may be changed under it from now on.

        :raise AccessError: the user is no configuration manager
        :raise UserError: it is asked for, withdrawn or refused
        """
        self._check_manager()
        # what is asked for is refused, with a reason
        self._check_step("draft", "approved")
        guard.with_token(self).write(
            {
                "state": "withdrawn",
                "withdrawn_by_id": self.env.uid,
                "withdrawn_at": fields.Datetime.now(),
            }
        )

    def _check_manager(self):
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "Only configuration managers authorise changes of what is under "
                    "control. Ask one of them."
                )
            )

    def action_view_changes(self):
        """Open what was changed under this authorisation."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_history_action"
        )
        domain = [("authority_key", "=", f"{self._name},{self.id}")]
        return {**action, "domain": domain, "context": {}}

    # === What the guard asks ===

    @api.model
    def _domain_in_force(self, moment):
        """Authorisations under which something may be changed at a moment."""
        return (
            Domain("state", "=", "approved")
            & Domain("date_start", "<=", moment)
            & Domain("date_end", ">", moment)
        )

    @api.model
    def _in_force(self, moment):
        # sudo: authority is the same whoever may see it; all: archived or not
        records = self.sudo().with_context(active_test=False)
        return records.search(self._domain_in_force(moment), order="id")

    @api.model
    def _authority_for(self, changes, moment):
        """Which of these authorises which change; constant queries.

        :param list changes: see ``itsm.ci._authority_for``
        :param datetime moment: UTC
        :return: ``{change: itsm.ci.authorisation}``, the first that does
        """
        found = {}
        records = self._in_force(moment)
        if not records:
            return found
        named = self._named_items(records, changes)
        classes = {
            record.id: tuple(record.class_ids.mapped("parent_path"))
            for record in records
        }
        paths = {
            ci_class.id: ci_class.parent_path
            # sudo: rules, seen or not
            for ci_class in self.env["itsm.ci.class"]
            .sudo()
            .browse(sorted({i for change in changes for i in change.class_ids}))
        }
        for change in changes:
            for record in records:
                if record.user_ids and change.user_id not in record.user_ids.ids:
                    continue
                if (record.id, change.ci_id) in named or (
                    change.company_id in (False, record.company_id.id)
                    and classes[record.id]
                    and all(
                        paths[class_id].startswith(classes[record.id])
                        for class_id in change.class_ids
                    )
                ):
                    found[change] = record
                    break
        return found

    @api.model
    def _named_items(self, records, changes):
        """``{(authorisation id, configuration item id)}`` as far as asked for."""
        ids = sorted({change.ci_id for change in changes if change.ci_id})
        self.flush_model(["ci_ids"])
        return set(
            self.env.execute_query(
                SQL(
                    "SELECT authorisation_id, ci_id FROM itsm_ci_authorisation_ci_rel"
                    " WHERE authorisation_id = ANY(%s) AND ci_id = ANY(%s)",
                    records.ids,
                    ids,
                )
            )
        )

    @api.model
    def _domain_of_items(self):
        """Configuration items that may be changed at this moment."""
        parts = [Domain.FALSE]
        for record in self._in_force(fields.Datetime.now()):
            parts.append(Domain("id", "in", record.ci_ids.ids))
            if record.class_ids:
                parts.append(
                    Domain("class_id", "child_of", record.class_ids.ids)
                    & Domain("company_id", "in", (False, record.company_id.id))
                )
        return Domain.OR(parts)

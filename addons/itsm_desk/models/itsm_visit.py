# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard

#: What a customer saw and signed.
SIGNED_FIELDS = (
    "ticket_id",
    "engineer_id",
    "partner_id",
    "place",
    "planned_start",
    "planned_end",
    "arrived_at",
    "left_at",
    "task",
    "work_done",
    "left_open",
    "photo_ids",
    "customer_comment",
    "signed_by",
    "signature",
)
#: Steps of a visit: its buttons take them.
STEPS = {"state", "signed_at", "content_hash", "supervised_by_id", "supervised_at"}


class ItsmVisit(models.Model):
    """A visit: order, report and signature on one sheet (INC-25, D21).

    Written on a telephone: arrived, what was done, photographs, left, signed by the
    customer. What was signed stays as it is; a checksum shows it (`itsm_visit_sign`).
    """

    _name = "itsm.visit"
    _inherit = ["mail.thread", "mail.activity.mixin", "itsm.action.mixin"]
    _description = "Visit"
    _order = "planned_start desc, id desc"
    _rec_name = "number"
    _rec_names_search = ["number", "ticket_id.number", "ticket_id.name"]

    number = fields.Char(readonly=True, copy=False, default="/", index="trigram")
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, precompute=True, index=True
    )
    team_id = fields.Many2one(
        related="ticket_id.team_id", store=True, precompute=True, index=True
    )
    engineer_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Whom the engineer visits.",
    )
    place = fields.Char(
        compute="_compute_place", store=True, readonly=False, precompute=True
    )
    planned_start = fields.Datetime(string="Planned", required=True, tracking=True)
    planned_end = fields.Datetime(string="Planned until", tracking=True)
    arrived_at = fields.Datetime(string="Arrived", copy=False, tracking=True)
    left_at = fields.Datetime(string="Left", copy=False, tracking=True)
    hours = fields.Float(
        string="Hours on Site", compute="_compute_hours", store=True, precompute=True
    )
    task = fields.Text(string="What is to be Done")
    work_done = fields.Text(copy=False)
    left_open = fields.Text(
        copy=False, help="What is still to be done after the visit, and by whom."
    )
    photo_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="itsm_visit_photo_rel",
        column1="visit_id",
        column2="attachment_id",
        string="Photographs",
        copy=False,
    )
    customer_comment = fields.Text(copy=False, help="In the words of the customer.")
    signed_by = fields.Char(
        string="Name of who Signs", copy=False, help="Of the customer, in print."
    )
    signature = fields.Binary(copy=False, attachment=True)
    signed_at = fields.Datetime(string="Signed", readonly=True, copy=False)
    content_hash = fields.Char(
        string="Checksum",
        readonly=True,
        copy=False,
        help="SHA-256 of everything that was signed.",
    )
    seal = fields.Selection(
        selection=[
            ("none", "Not signed"),
            ("intact", "As it was signed"),
            ("changed", "Changed after the signature"),
        ],
        compute="_compute_seal",
        string="State of the Sheet",
    )
    state = fields.Selection(
        selection=[
            ("planned", "Planned"),
            ("on_site", "On site"),
            ("done", "Done, not signed"),
            ("signed", "Signed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="planned",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    handover = fields.Selection(
        selection=[
            ("none", "Nothing to hand over"),
            ("open", "To be handed over"),
            ("done", "Handed over"),
        ],
        required=True,
        default="none",
        tracking=True,
        help="Whether what was built or changed at the customer's was handed over to "
        "him or to operation (DSK-19).",
    )
    handover_note = fields.Char(tracking=True)
    _left_after_arrived = models.Constraint(
        "CHECK(left_at IS NULL OR (arrived_at IS NOT NULL AND left_at >= arrived_at))",
        "Left: enter a time after the arrival.",
    )
    _planned_in_order = models.Constraint(
        "CHECK(planned_end IS NULL OR planned_end >= planned_start)",
        "Planned until: enter a time after the beginning.",
    )

    # === Computes ===

    @api.depends("ticket_id")
    def _compute_partner_id(self):
        for visit in self:
            visit.partner_id = visit.partner_id or visit.ticket_id.partner_id

    @api.depends("partner_id")
    def _compute_place(self):
        for visit in self:
            address = visit.partner_id._display_address(without_company=True)
            lines = (line.strip() for line in (address or "").splitlines())
            visit.place = visit.place or ", ".join(filter(None, lines))

    @api.depends("arrived_at", "left_at")
    def _compute_hours(self):
        for visit in self:
            visit.hours = (
                (visit.left_at - visit.arrived_at).total_seconds() / 3600
                if visit.arrived_at and visit.left_at
                else 0
            )

    @api.depends("number", "ticket_id")
    def _compute_display_name(self):
        for visit in self:
            number = visit.number if visit.number != "/" else False
            names = (number or self.env._("New Visit"), visit.ticket_id.display_name)
            visit.display_name = " – ".join(filter(None, names))

    # === Constraints ===

    @api.constrains("photo_ids")
    def _check_photos(self):
        """Pictures of this visit only: nobody links a file that he may not see."""
        for visit in self:
            # sudo: what kind of file it is, whoever may open it
            for photo in visit.sudo().photo_ids:
                if (photo.res_model, photo.res_id) != (self._name, visit.id):
                    raise ValidationError(
                        self.env._(
                            "Photographs: %(name)s does not belong to this visit. "
                            "Upload it here.",
                            name=photo.name
                            if photo.create_uid == self.env.user
                            else "",
                        )
                    )
                if not (photo.mimetype or "").startswith("image/"):
                    raise ValidationError(
                        self.env._(
                            "Photographs: %(name)s is no picture. Add other files to "
                            "the messages below.",
                            name=photo.name,
                        )
                    )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        self._check_steps(set().union(*vals_list))
        for vals in vals_list:
            vals["number"] = self._next_number()
        photos = [vals.pop("photo_ids", None) for vals in vals_list]
        visits = super().create(vals_list)
        for visit, commands in zip(visits, photos, strict=True):
            if visit.state != "planned":  # by a default of the context
                visit._check_steps(["state"])
            visit.ticket_id.check_access("read")
            if commands:
                visit.write({"photo_ids": commands})
        visits._schedule()
        return visits

    def write(self, vals):
        self.check_access("write")
        self._check_steps(vals)
        if not guard.has_token(self.env):
            self._check_not_signed(vals)
        if "photo_ids" in vals:
            self._claim_photos(vals["photo_ids"])
        result = super().write(vals)
        if "ticket_id" in vals:
            self.ticket_id.check_access("read")
        if vals.keys() & {"engineer_id", "planned_start"}:
            self._schedule()
        return result

    def _schedule(self):
        """Put planned visits among the activities of their engineers, others out."""
        # sudo: who plans for a colleague need not see his activities
        visits = self.sudo()
        visits.activity_unlink(["mail.mail_activity_data_todo"])
        groups = defaultdict(visits.browse)
        for visit in visits.filtered(lambda visit: visit.state == "planned"):
            day = visit.planned_start.date()
            groups[visit.engineer_id, day] |= visit
        for (engineer, day), together in groups.items():
            together.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=day,
                user_id=engineer.id,
                summary=self.env._("Visit"),
            )

    @api.model
    def _next_number(self):
        # sudo: whoever plans a visit need not be allowed to set up numbers
        return self.env["ir.sequence"].sudo().next_by_code("itsm.visit") or "/"

    def _claim_photos(self, commands):
        """Attach to the visit what the user has uploaded for it and nobody owns yet.

        :param list commands: of the many2many
        """
        ids = set()
        for command in commands or ():
            if isinstance(command, int):
                ids.add(command)
            elif command[0] == 4:
                ids.add(command[1])
            elif command[0] == 6:
                ids.update(command[2])
        if not ids or len(self) != 1:
            return
        photos = self.env["ir.attachment"].search(
            Domain("id", "in", list(ids))
            & Domain("res_id", "in", (0, False))
            & Domain("create_uid", "=", self.env.uid)
        )
        photos.write({"res_model": self._name, "res_id": self.id})

    def _check_steps(self, names):
        """Steps are taken with the buttons, which look whether they are possible.

        :raise AccessError: one is named in what somebody enters
        """
        if STEPS & set(names) and not guard.has_token(self.env):
            raise AccessError(
                self.env._("The steps of a visit cannot be entered. Use its buttons.")
            )

    # === Buttons ===

    def action_arrive(self):
        """The engineer has arrived; the time can be corrected until the signature.

        :raise UserError: the visit is not planned any more
        """
        self._check_state("planned")
        self._step(state="on_site", arrived_at=fields.Datetime.now())
        self._schedule()
        return True

    def action_leave(self):
        """The engineer leaves; the sheet can be signed now or later.

        :raise UserError: nobody has arrived, or it does not say what was done
        """
        self._check_state("on_site")
        for visit in self:
            if not (visit.work_done or "").strip():
                raise UserError(
                    self.env._(
                        "Work Done: write what was done during %(visit)s before you "
                        "leave.",
                        visit=visit.number,
                    )
                )
        self._step(state="done", left_at=fields.Datetime.now())
        return True

    def action_cancel(self):
        """Nobody goes there.

        :raise UserError: somebody is there already
        """
        self._check_state("planned")
        self._step(state="cancelled")
        self._schedule()
        return True

    def _check_state(self, state):
        self.check_access("write")
        labels = dict(self._fields["state"]._description_selection(self.env))
        for visit in self:
            if visit.state != state:
                raise UserError(
                    self.env._(
                        "%(visit)s is “%(state)s”: this step is not open.",
                        visit=visit.number,
                        state=labels[visit.state],
                    )
                )

    def _step(self, **vals):
        guard.with_token(self).write(vals)

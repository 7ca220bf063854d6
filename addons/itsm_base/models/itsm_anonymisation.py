# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..tools import guard

#: Records that are changed at once.
BATCH = 1000
#: Up to so many are changed while the user waits; more make a run.
INLINE = 2000
#: What the user enters; the rest is kept by the system.
ENTERED = {"partner_id", "reason", "confirm_open"}


class ItsmAnonymisation(models.Model):
    """A person is forgotten; tickets, clocks and counts stay (GDPR 17, PIPL 47).

    A draft shows what will change. Once started it is evidence of who did it, when and
    why, and it cannot be taken back. Where personal data are found and what becomes of
    them stands in `itsm_anonymisation_places.py`; addons add their own places there.
    """

    _name = "itsm.anonymisation"
    _inherit = ["itsm.run.job", "itsm.archive.mixin"]
    _description = "Anonymisation of a Person"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_company', '=', False)]",
        context={"active_test": False},
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    reason = fields.Char(
        help="For example: the person asked for it on that day. It is kept for good, "
        "so leave the person's name out."
    )
    confirm_open = fields.Boolean(
        string="Open Tickets Too",
        help="The person has open tickets. Nobody can write to him about them "
        "afterwards.",
    )
    open_ticket_count = fields.Integer(
        string="Open Tickets", compute="_compute_open_ticket_count"
    )
    state = fields.Selection(
        selection=[("draft", "Draft"), ("running", "Running"), ("done", "Done")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Done By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    started_at = fields.Datetime(string="Started", readonly=True, copy=False)
    done_at = fields.Datetime(string="Done", readonly=True, copy=False)
    line_ids = fields.One2many(
        comodel_name="itsm.anonymisation.line",
        inverse_name="anonymisation_id",
        string="What Changes",
        readonly=True,
    )

    # === Computes ===

    @api.depends("partner_id")
    def _compute_name(self):
        # Persons that the user may not see are not named to him.
        seen = self.partner_id._filtered_access("read")
        for record in self:
            person = record.partner_id & seen
            record.name = self.env._(
                "Anonymisation: %(person)s", person=person.display_name or ""
            )

    @api.depends("partner_id")
    def _compute_open_ticket_count(self):
        seen = self.partner_id._filtered_access("read")
        persons = {
            record: record._persons() if record.partner_id & seen else seen.browse()
            for record in self
        }
        is_open = Domain("stage_id.closed", "=", False) | Domain("stage_id", "=", False)
        groups = (
            self.env["helpdesk.ticket"]
            .sudo()  # sudo: open tickets of every team count
            ._read_group(
                Domain("partner_id", "in", seen.union(*persons.values()).ids) & is_open,
                ["partner_id"],
                ["__count"],
            )
        )
        counts = {person.id: count for person, count in groups}
        for record, found in persons.items():
            record.open_ticket_count = sum(counts.get(person.id, 0) for person in found)

    # === CRUD ===

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        # Opened from the list of users or contacts.
        active_id = self.env.context.get("active_id")
        model = self.env.context.get("active_model")
        if "partner_id" in fields and active_id and not defaults.get("partner_id"):
            if model == "res.partner":
                defaults["partner_id"] = active_id
            elif model == "res.users":
                user = self.env["res.users"].browse(active_id)
                defaults["partner_id"] = user.partner_id.id
        # a context key default_x is no way around the guard
        for name in set(defaults) - ENTERED - {"company_id", "state"}:
            del defaults[name]
        if "state" in defaults:
            defaults["state"] = "draft"
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        names = {name for vals in vals_list for name in vals}
        self._check_entered(names - {"company_id"})
        return super().create(vals_list)

    def write(self, vals):
        self.check_access("write")
        self._check_entered(set(vals))
        if not guard.has_token(self.env):
            if any(record.state != "draft" for record in self):
                raise AccessError(
                    self.env._(
                        "An anonymisation that was started is evidence and stays as "
                        "it is. Make a new one."
                    )
                )
            if "partner_id" in vals:
                self._lines().unlink()
        return super().write(vals)

    def _check_entered(self, names):
        kept = sorted((names - ENTERED) & set(self._fields))
        if kept and not guard.has_token(self.env):
            raise AccessError(
                self.env._(
                    "%(fields)s: the system keeps these records itself and nobody can "
                    "write them. Leave these fields out.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in kept
                    ),
                )
            )

    def _archive_kept(self):
        return self.filtered(lambda record: record.state != "draft")

    def _archive_message(self):
        return self.env._(
            "An anonymisation that was started is evidence of who did it and why: it "
            "cannot be deleted."
        )

    # === Actions ===

    def action_preview(self):
        """List what will change, with counts; nothing is changed.

        :raise UserError: the person cannot be anonymised; with the remedy
        """
        for record in self._of_manager():
            record._check_person()
            record._count()
        return True

    def action_start(self):
        """Anonymise the person: at once, or as a run if there is much to change.

        :raise UserError: the person cannot be anonymised, or there is no reason
        """
        for record in self._of_manager():
            if not (record.reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "Reason: enter why the person is anonymised. It is kept, so "
                        "leave the name out."
                    )
                )
            record._check_person()
            if record.open_ticket_count and not record.confirm_open:
                raise UserError(
                    self.env._(
                        "%(person)s has %(count)s open tickets. Close them first, or "
                        "tick “%(field)s”.",
                        person=record.partner_id.display_name,
                        count=record.open_ticket_count,
                        field=self._fields["confirm_open"]._description_string(
                            self.env
                        ),
                    )
                )
            total = record._count()
            record._begin()
            if total > INLINE:
                record._run_start(record.env._("Anonymisation"), total, position=None)
            else:
                record._work_all()
        return True

    def _of_manager(self):
        """These drafts; refused to who is not a manager or if one was started.

        :raise AccessError: not a manager
        :raise UserError: one was started already
        """
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group("itsm_base.itsm_group_manager")):
            raise AccessError(
                self.env._("Anonymising is for managers. Ask one of them.")
            )
        if any(record.state != "draft" for record in self):
            raise UserError(
                self.env._("This was started already. Make a new anonymisation.")
            )
        return self

    # === The work ===

    def _lines(self):
        return guard.with_token(self.line_ids.sudo())  # sudo: evidence of the system

    def _count(self):
        """Make the lines anew and return how many records there are in all."""
        self.ensure_one()
        self._lines().unlink()
        self.env.flush_all()  # places are looked for by SQL
        # sudo: lines are written by code only
        lines = guard.with_token(self.env["itsm.anonymisation.line"].sudo())
        vals_list = []
        for sequence, (key, label) in enumerate(self._places()):
            found = self._place_records(key).search_count(self._place_domain(key))
            if found:
                vals_list.append(
                    {
                        "anonymisation_id": self.id,
                        "sequence": sequence,
                        "place": key,
                        "name": label,
                        "found": found,
                    }
                )
        lines.create(vals_list)
        lines.create(
            [
                {
                    "anonymisation_id": self.id,
                    "sequence": 1000,
                    "name": label,
                    "found": count,
                    "is_kept": True,
                }
                for label, count in self._kept_counts()
                if count
            ]
        )
        self.invalidate_recordset(["line_ids"])
        return sum(vals["found"] for vals in vals_list)

    def _begin(self):
        kept = guard.with_token(self.sudo())  # sudo: evidence is written by code
        kept.write(
            {
                "state": "running",
                "user_id": self.env.uid,
                "started_at": fields.Datetime.now(),
            }
        )

    def _end(self):
        kept = guard.with_token(self.sudo())  # sudo: evidence is written by code
        kept.write({"state": "done", "done_at": fields.Datetime.now()})

    def _work_all(self):
        """All of it in the present transaction, without a run."""
        self.ensure_one()
        position = None
        while True:
            _done, position = self._work(position)
            if not position:
                break
        self._end()

    def _work(self, position):
        """Change the next records.

        :param position: None at first, then what was returned
        :return: ``(how many, the next position or None)``
        """
        places = [key for key, _label in self._places()]
        index, ids = position or (0, None)
        key = places[index]
        model = self._place_records(key)
        if ids is None:
            # Once for a place: to look through all messages takes long.
            self.env.flush_all()  # places are looked for by SQL
            ids = model.search(self._place_domain(key), order="id").ids
        records = model.browse(ids[:BATCH]).exists()
        count = len(records)
        if records:
            getattr(self, f"_clear_{key}")(records)
            for line in self._lines().filtered(lambda line: line.place == key):
                line.done += count
        ids = ids[BATCH:]
        if ids:
            return count, [index, ids]
        return count, [index + 1, None] if index + 1 < len(places) else None

    def _run_slice(self, run):
        self._check_person()
        done, position = self._work(run.position)
        run.position = position
        return done, not position

    def _run_finished(self, run):
        self._end()

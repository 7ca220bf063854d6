# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools.catalogue import OFFERED


class ItsmSetupStep(models.Model):
    """A step of the first day: what to do, whether it is done, where it is done.

    Steps are data of the addons. Whether a step is done is read from the records that
    it is about, never stored: steps may be done in any order, by anybody, and the
    assistant can be opened again at any time.
    """

    _name = "itsm.setup.step"
    _description = "Step of the Start Assistant"
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True, help="What to do, and what it is for.")
    sequence = fields.Integer(default=10)
    button = fields.Char(translate=True, help="What the button says that opens it.")
    other_button = fields.Char(
        translate=True, help="A second way, for example a sheet to import."
    )
    skip_ids = fields.One2many(
        comodel_name="itsm.setup.skip", inverse_name="step_id", string="Left Out"
    )
    state = fields.Selection(
        selection=[("open", "Open"), ("done", "Done"), ("skipped", "Left out")],
        compute="_compute_state",
    )
    detail = fields.Char(compute="_compute_state", help="What is there already.")

    _code_uniq = models.UniqueIndex(
        "(code)", "Another step of the assistant has this code."
    )

    @api.depends("skip_ids.company_id")
    @api.depends_context("company", "lang")
    def _compute_state(self):
        company = self.env.company
        for step in self:
            done, detail = step._status(company)
            skipped = company in step.skip_ids.company_id
            step.state = "done" if done else "skipped" if skipped else "open"
            step.detail = detail

    def _status(self, company):
        """Whether the step is done in a company, and what is there, in words."""
        self.ensure_one()
        return getattr(self, f"_status_{self.code}")(company)

    # === Actions ===

    def action_open(self):
        """Open what the step is about.

        :return: an action
        """
        self.ensure_one()
        self._check_may()
        return getattr(self, f"_open_{self.code}")()

    def action_open_other(self):
        """Take the second way, for example the import of a sheet.

        :return: an action
        """
        self.ensure_one()
        self._check_may()
        return getattr(self, f"_open_other_{self.code}")()

    def action_skip(self):
        """Leave the steps out in the company in hand; nothing else changes."""
        self._check_may()
        company = self.env.company
        self.env["itsm.setup.skip"].create(
            [
                {"step_id": step.id, "company_id": company.id}
                for step in self
                if step.state == "open"
            ]
        )

    def action_take_up(self):
        """Take steps up again that were left out."""
        self._check_may()
        company = self.env.company
        self.skip_ids.filtered(lambda skip: skip.company_id == company).unlink()

    def action_finish(self):
        """Take the assistant out of the first row of menus; it stays in Configuration.

        It stays in the first row while another company has open steps.

        :raise UserError: a step is open; naming it
        """
        self._check_may()
        steps = self.search(Domain.TRUE)
        left = steps._open_in(self.env.company)
        if left:
            raise UserError(
                self.env._(
                    "Still open: %(steps)s. Do these steps or leave them out.",
                    steps=left.mapped("name"),
                )
            )
        companies = self.env["res.company"].sudo()  # sudo: the first days of all
        if not any(steps._open_in(company) for company in companies.search([])):
            menu = self.env.ref("itsm_base.itsm_setup_menu")
            menu.sudo().active = False  # sudo: managers do not write menus otherwise
        return {"type": "ir.actions.client", "tag": "reload"}

    def _open_in(self, company):
        """Those of these steps that are neither done nor left out in a company."""
        steps = self.sudo().with_company(company)  # sudo: its state in any company
        return self.filtered(lambda step: steps.browse(step.id).state == "open")

    @api.model
    def _check_may(self):
        if not self.env.user.has_group("itsm_base.itsm_group_manager"):
            raise AccessError(
                self.env._("Only managers of IT services use the start assistant.")
            )

    # === For the steps ===

    @api.model
    def _window(self, name, model, views="list,form", **values):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, view) for view in views.split(",")],
            **values,
        }

    @api.model
    def _sheet(self, kind):
        """The import of a kind of sheet."""
        return self._window(
            self.env._("Import Master Data"),
            "itsm.sheet.import",
            "form",
            target="new",
            context={"default_kind": kind},
        )

    def _status_company(self, company):
        place = [company.name, company.country_id.name, company.partner_id.tz]
        return bool(company.country_id and company.partner_id.tz), ", ".join(
            filter(None, place)
        )

    def _open_company(self):
        return self._window(
            self.env._("Company"),
            "res.company",
            "form",
            res_id=self.env.company.id,
        )

    def _status_hours(self, company):
        calendar = company.resource_calendar_id
        hours = sum(line.hour_to - line.hour_from for line in calendar.attendance_ids)
        zone = calendar.tz and calendar.tz == (company.partner_id.tz or calendar.tz)
        return bool(hours and zone), self.env._(
            "%(name)s, %(zone)s", name=calendar.name or "–", zone=calendar.tz or "–"
        )

    def _open_hours(self):
        calendar = self.env.company.resource_calendar_id
        return self._window(
            self.env._("Working Time"),
            "resource.calendar",
            "form",
            res_id=calendar.id,
        )

    def _status_holidays(self, company):
        year = fields.Date.context_today(self).year
        domain = Domain("resource_id", "=", False) & Domain(
            "company_id", "in", [False, company.id]
        )
        count = self.env["resource.calendar.leaves"].search_count(
            domain
            & Domain("date_to", ">=", f"{year}-01-01")
            & Domain("date_from", "<=", f"{year}-12-31 23:59:59")
        )
        return bool(count), self.env._("%(count)s in %(year)s", count=count, year=year)

    def _open_holidays(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.itsm_holiday_import_action"
        )

    def _status_teams(self, company):
        teams = self.env["helpdesk.ticket.team"].search(
            [("company_id", "in", [False, company.id])]
        )
        people = teams.user_ids
        return bool(people), self.env._(
            "%(teams)s teams, %(people)s people", teams=len(teams), people=len(people)
        )

    def _open_teams(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.helpdesk_ticket_team_action"
        )

    def _open_other_teams(self):
        return self._sheet("team")

    def _status_mail(self, company):
        teams = self.env["helpdesk.ticket.team"].search(
            [
                ("company_id", "in", [False, company.id]),
                ("alias_name", "!=", False),
                ("alias_domain", "!=", False),
            ]
        )
        addresses = [f"{team.alias_name}@{team.alias_domain}" for team in teams]
        return bool(addresses), ", ".join(addresses[:3])

    def _open_mail(self):
        return self._open_teams()

    def _status_services(self, company):
        count = self.env["itsm.service"].search_count(
            [("company_id", "=", company.id), ("state", "in", OFFERED)]
        )
        return bool(count), self.env._("%(count)s live", count=count)

    def _open_services(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.itsm_service_action"
        )

    def _open_other_services(self):
        return self._sheet("service")

    def _status_people(self, company):
        count = self.env["itsm.role.holder"].search_count(
            [("company_id", "=", company.id)]
        )
        return bool(count), self.env._("%(count)s roles held", count=count)

    def _open_people(self):
        return self._window(self.env._("Roles"), "itsm.role")

    def _status_colleagues(self, company):
        users = self.env["res.users"].sudo()  # sudo: how many have a group, not who
        groups = self.env.ref("itsm_base.itsm_group_agent")
        groups |= self.env.ref("helpdesk_mgmt.group_helpdesk_user_own")
        count = users.search_count(
            [
                ("all_group_ids", "in", groups.ids),
                ("company_ids", "in", company.ids),
                ("id", "!=", self.env.ref("base.user_admin").id),
            ]
        )
        return bool(count), self.env._("%(count)s people work on tickets", count=count)

    def _open_colleagues(self):
        return self.env["ir.actions.act_window"]._for_xml_id("base.action_res_users")

    def _status_customers(self, company):
        users = self.env["res.users"].sudo()  # sudo: how many have logins, not who
        count = users.search_count(
            [("share", "=", True), ("company_ids", "in", company.ids)]
        )
        return bool(count), self.env._("%(count)s portal users", count=count)

    def _open_customers(self):
        return self._sheet("requester")

    def _status_rules(self, company):
        settings = self.env["itsm.enforcement.setting"].search(
            [("company_id", "=", company.id)]
        )
        strict = settings.filtered(lambda setting: setting.mode in ("warn", "block"))
        # what the system shipped is nobody's decision
        root = self.env.ref("base.user_root")
        decided = settings.filtered(lambda setting: setting.write_uid != root)
        return bool(decided), self.env._(
            "%(strict)s of %(all)s rules warn or stop",
            strict=len(strict),
            all=len(settings),
        )

    def _open_rules(self):
        return self._window(self.env._("Rules"), "itsm.enforcement.setting")

# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import html2plaintext

from ..tools import guard

#: What people write; the rest is the system's.
OPEN_FIELDS = frozenset({"note"})


class ItsmServiceVersion(models.Model):
    """A service as it was offered, and who approved that (CAT-13).

    Versions are made by the system. What was published without the approval of the
    committee says so, and can be approved afterwards.
    """

    _name = "itsm.service.version"
    _description = "Version of a Service"
    _inherit = ["itsm.approval.mixin"]
    _order = "service_id, number desc, id desc"
    _check_company_auto = True

    _state_from = ["draft", "in_approval", "unapproved"]
    _state_to = ["published"]
    _cancel_state = "withdrawn"

    service_id = fields.Many2one(
        comodel_name="itsm.service",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",  # the service itself is kept once one was decided about
    )
    company_id = fields.Many2one(
        related="service_id.company_id", store=True, index=True
    )
    number = fields.Integer(string="Version", readonly=True, aggregator=None)
    state = fields.Selection(
        selection=[
            ("draft", "Prepared"),
            ("in_approval", "With the committee"),
            ("unapproved", "Published without approval"),
            ("published", "Published"),
            ("withdrawn", "Given up"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    note = fields.Text(
        string="What Is New",
        help="For the committee: what this version changes, and why.",
    )
    content = fields.Json(string="Kept Content", readonly=True)
    content_text = fields.Text(string="Content", compute="_compute_content_text")
    digest = fields.Char(string="Checksum", readonly=True)
    prepared_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Prepared by",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    prepared_at = fields.Datetime(string="Prepared", readonly=True)
    published_at = fields.Datetime(string="Published on", readonly=True)
    is_current = fields.Boolean(string="In Force", compute="_compute_is_current")

    _number_uniq = models.UniqueIndex(
        "(service_id, number)", "This version of the service exists already."
    )

    # === Computes ===

    @api.depends("service_id.display_name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = (
                f"{version.service_id.display_name} V{version.number}"
            )

    @api.depends("service_id.version_id")
    def _compute_is_current(self):
        for version in self:
            version.is_current = version.service_id.version_id == version

    @api.depends("content")
    @api.depends_context("lang")
    def _compute_content_text(self):
        for version in self:
            version.content_text = version._content_lines()

    def _content_lines(self):
        """What the service said, as lines to read, in the language of the reader.

        :rtype: str
        """
        self.ensure_one()
        content, lang = self.content or {}, self.env.lang or "en_US"
        labels = self.env["itsm.service"]._fields
        lines = []
        for name in ("name", "summary", "audience", "delivery_method", "description"):
            texts = content.get(name) or {}
            text = texts.get(lang) or next(iter(texts.values()), "")
            if text:
                field = labels[name]
                if field.type == "html":
                    text = html2plaintext(text)
                lines.append(f"{field._description_string(self.env)}: {text}")
        for name, field_name in (
            ("code", "code"),
            ("parent", "parent_id"),
            ("owner", "owner_id"),
            ("hours", "calendar_id"),
        ):
            if content.get(name):
                label = labels[field_name]._description_string(self.env)
                lines.append(f"{label}: {content[name]}")
        for name, field_name, part in (
            ("teams", "team_ids", "team"),
            ("dependencies", "dependency_ids", "service"),
            ("requirements", "requirement_ids", "name"),
            ("questions", "question_ids", "name"),
        ):
            parts = [line[part] for line in content.get(name) or ()]
            if parts:
                label = labels[field_name]._description_string(self.env)
                lines.append(f"{label}: {'; '.join(parts)}")
        return "\n".join(lines)

    # === CRUD ===

    @api.model
    def default_get(self, fields):
        return super().default_get([name for name in fields if name in OPEN_FIELDS])

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system()
        return super().create(vals_list)

    def write(self, vals):
        system = {
            name
            for name in vals
            if name in self._fields
            and name not in OPEN_FIELDS
            and name in self._system_fields()
        }
        if system:
            self._check_system()
        return super().write(vals)

    def _system_fields(self):
        """Names of the fields that only the system writes."""
        return {name for name, field in self._fields.items() if field.readonly}

    def _check_system(self):
        """Raise ``AccessError`` for who does not hold the token."""
        if not guard.has_token(self.env):
            raise AccessError(
                self.env._(
                    "Versions of services are written by the system. Use “Ask for "
                    "Publication” on the service."
                )
            )

    @api.model
    def _make(self, services, contents):
        """Keep what services say now: their next versions.

        :param services: ``itsm.service`` whose next version it is
        :param dict contents: see `itsm.service._itsm_contents`
        :rtype: itsm.service.version
        """
        if not services:
            return self
        # sudo: made by the system, for who may write or publish the service
        secured = guard.with_token(self.sudo())
        last = dict(
            secured._read_group(
                [("service_id", "in", services.ids)], ["service_id"], ["number:max"]
            )
        )
        versions = secured.create(
            [
                {
                    "service_id": service.id,
                    "number": 1 + (last.get(service) or 0),
                    "state": "draft",
                    "content": contents[service.id],
                    "digest": service._itsm_digest(contents[service.id]),
                    "prepared_by_id": self.env.uid,
                    "prepared_at": fields.Datetime.now(),
                }
                for service in services
            ]
        )
        return self.browse(versions.ids)

    def _publish(self, state):
        """These versions are what is offered from now on.

        :param str state: published, or unapproved
        """
        now = fields.Datetime.now()
        # sudo: written by the system, see _make
        for version in guard.with_token(self.sudo()):
            vals = {"state": state}
            if not version.published_at:
                vals["published_at"] = now
            version.write(vals)
            service = version.service_id
            vals = {"version_id": version.id, "version": version.number}
            if state == "published":
                vals["pending_version_id"] = False
                if service.state not in ("live", "retiring"):
                    vals["state"] = "live"
            service.write(vals)

    # === Approval ===

    def _approval_requesters(self, review):
        # sudo: who prepared a version is no secret to its approval
        return super()._approval_requesters(review) | self.sudo().prepared_by_id

    def _approval_summary_fields(self):
        return [
            *super()._approval_summary_fields(),
            "service_id",
            "number",
            "note",
            "content_text",
        ]

    def _approval_requested(self):
        result = super()._approval_requested()
        for version in guard.with_token(self):
            version.state = "in_approval"
            version.service_id.pending_version_id = version
        return result

    def _approval_approved(self):
        result = super()._approval_approved()
        self._publish("published")
        return result

    def _approval_rejected(self):
        result = super()._approval_rejected()
        self._set_back()
        return result

    def _approval_ended(self):
        result = super()._approval_ended()
        self._set_back()
        return result

    def _set_back(self):
        """To whoever prepares them; what is on offer stays so."""
        for version in guard.with_token(self):
            if version.state == "in_approval":
                version.state = "unapproved" if version.published_at else "draft"
            version.service_id.pending_version_id = False

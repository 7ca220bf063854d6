# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import json

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import guard

#: What the committee approves, lines aside; money and customers are no part of it.
CONTENT_FIELDS = frozenset(
    {
        "name",
        "code",
        "parent_id",
        "owner_id",
        "criticality",
        "summary",
        "audience",
        "delivery_method",
        "calendar_id",
        "description",
        "approval_required",
    }
)
#: What is said in every language.
TEXT_FIELDS = ("name", "summary", "audience", "delivery_method", "description")
#: What an offering takes over from the service that it is part of.
INHERITED_FIELDS = ("audience", "delivery_method", "calendar_id")
#: Services that were told as changed in this transaction.
TOLD = "itsm_service_changed"


class ItsmService(models.Model):
    """What a service says of itself: complete, held still, kept (CAT-02, CAT-13)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service"

    question_ids = fields.One2many(copy=True)
    team_ids = fields.One2many(
        comodel_name="itsm.service.team",
        inverse_name="service_id",
        string="Support Teams",
        copy=True,
    )
    dependency_ids = fields.One2many(
        comodel_name="itsm.service.dependency",
        inverse_name="service_id",
        string="Dependencies",
        copy=True,
    )
    dependent_ids = fields.One2many(
        comodel_name="itsm.service.dependency",
        inverse_name="depends_on_id",
        string="Needed by",
        readonly=True,
    )
    requirement_ids = fields.One2many(
        comodel_name="itsm.service.requirement",
        inverse_name="service_id",
        string="Requirements",
        copy=True,
    )

    # === What is missing ===

    def _itsm_effective(self, name):
        """A value of the service, or of the nearest service that it is part of.

        :param str name: of one of `INHERITED_FIELDS`
        """
        self.ensure_one()
        service = self
        while not service[name] and service.parent_id:
            service = service.parent_id
        return service[name]

    def _itsm_missing_fields(self):
        """Names of the fields that a service in the catalogue has to fill in.

        :rtype: list[str]
        """
        self.ensure_one()
        names = [] if self.summary else ["summary"]
        return names + [
            name for name in INHERITED_FIELDS if not self._itsm_effective(name)
        ]

    def _itsm_enforce_complete(self):
        """Find the services whose entry in the catalogue is not complete (CAT-02)."""
        missing = {}
        for service in self:
            labels = [
                service._fields[name]._description_string(self.env)
                for name in service._itsm_missing_fields()
            ]
            if labels:
                missing[service.id] = self.env._(
                    "%(service)s: the entry in the catalogue is not complete. Fill in: "
                    "%(fields)s.",
                    service=service.display_name,
                    fields=", ".join(labels),
                )
        if missing:
            self.env["itsm.enforcement.rule"]._enforce(
                "service_complete", self.browse(missing), missing
            )

    # === Held still ===

    def _approval_hold(self):
        """Let no approval of these begin until the transaction ends (lines call it)."""
        ids = tuple(self._origin.ids)
        if ids:
            self.env.cr.execute(
                SQL("SELECT id FROM itsm_service WHERE id IN %s FOR SHARE", ids),
                log_exceptions=False,  # expected, and tried again
            )

    def _approval_check_unlocked(self):
        """Refuse changes of what waits for the committee; find those of the approved.

        Called for the fields of the service and for its lines; the token opens it.

        :raise UserError: a version of one of these waits for approval
        """
        if guard.has_token(self.env):
            return
        # sudo: what was decided counts, whoever may see it
        services_sudo = self.sudo()
        for service in services_sudo:
            if service.pending_version_id:
                self.browse(service.id).check_access("read")
                raise UserError(
                    self.env._(
                        "%(service)s waits for the approval of its version "
                        "%(version)s, so what it says stays as it is. Take the request "
                        "back first.",
                        service=service.display_name,
                        version=service.pending_version_id.number,
                    )
                )
        told = self.env.cr.precommit.data.setdefault(TOLD, set())
        changed = services_sudo.filtered(
            lambda service: (
                service.state in ("live", "retiring")
                and service.version_id.state == "published"
                and service.id not in told
            )
        )
        if changed:
            self.env["itsm.enforcement.rule"]._enforce(
                "service_publish",
                self.browse(changed.ids),
                lambda service: self.env._(
                    "%(service)s is offered as it was approved, and is changed now. "
                    "Set it to “Being changed” first, and ask for the approval of the "
                    "new version.",
                    service=service.display_name,
                ),
            )
            told.update(changed.ids)

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        # Goes past write(): a translated text is content, too.
        if field_name in CONTENT_FIELDS:
            self._approval_check_unlocked()
        return super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )

    # === Kept ===

    def _itsm_contents(self):
        """What services say of themselves now, in all languages; constant queries.

        :return: JSON by id of the service
        :rtype: dict[int, dict]
        """
        # sudo: what is kept does not depend on who may read parts of it
        services = self.sudo()
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        texts = {service.id: {} for service in services}
        for lang in langs:
            for service in services.with_context(lang=lang):
                for name in TEXT_FIELDS:
                    if service[name]:
                        texts[service.id].setdefault(name, {})[lang] = str(
                            service[name]
                        )
        # names of others in one language, so that contents can be compared
        services = services.with_context(lang="en_US")
        return {
            service.id: {
                **texts[service.id],
                "code": service.code or "",
                "parent": service.parent_id.display_name or "",
                "owner": service.owner_id.name or "",
                "criticality": service.criticality,
                "hours": service.calendar_id.name or "",
                "approval_required": service.approval_required,
                "teams": [
                    {"line": line.line, "team": line.team_id.name}
                    for line in service.team_ids
                ],
                "dependencies": [
                    {"kind": line.kind, "service": line.depends_on_id.display_name}
                    for line in service.dependency_ids
                ],
                "requirements": [
                    {
                        "name": line.name,
                        "kind": line.kind,
                        "source": line.source,
                        "customer": line.partner_id.name or "",
                        "state": line.state,
                    }
                    for line in service.requirement_ids
                ],
                "questions": [
                    question._question_content() for question in service.question_ids
                ],
            }
            for service in services
        }

    def _itsm_digest(self, content):
        """The checksum of a content, to compare it with another one.

        :param dict content: see `_itsm_contents`
        :rtype: str
        """
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

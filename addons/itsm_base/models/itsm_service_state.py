# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import guard
from ..tools.catalogue import OFFERED, PLANNED
from .itsm_service_content import CONTENT_FIELDS

#: Written by the system only.
PROTECTED_FIELDS = (
    "version",
    "version_id",
    "pending_version_id",
    "offered_at",
    "retired_at",
)
#: What who enters prices and costs writes of a service.
MONEY_FIELDS = frozenset({"price", "cost", "price_basis"})
#: States in which who designs services writes them.
DESIGNED = (*PLANNED, "changing")
#: From which states a button leads to which.
STEPS = {
    "design": ("proposed",),
    "transition": ("design",),
    "changing": ("live",),
    "retiring": ("live", "changing"),
}


class ItsmService(models.Model):
    """The life of a service, from the proposal to its end (CAT-13, CAT-47).

    It is offered with the approval of the catalogue committee. Offering it without is
    found by the rule ``service_publish``, whoever does it and by whatever way.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service"

    version_ids = fields.One2many(
        comodel_name="itsm.service.version",
        inverse_name="service_id",
        string="Versions",
        readonly=True,
    )
    version_id = fields.Many2one(
        comodel_name="itsm.service.version",
        string="Published Version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    version = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        tracking=True,
        help="Number of the version that was published last; none before that.",
    )
    pending_version_id = fields.Many2one(
        comodel_name="itsm.service.version",
        string="Waits for the Committee",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    offered_at = fields.Datetime(
        string="Offered Since",
        readonly=True,
        copy=False,
        help="When the service was offered first, or again after it had ended.",
    )
    retired_at = fields.Datetime(string="Offered Until", readonly=True, copy=False)

    # === CRUD ===

    @api.model
    def default_get(self, fields):
        # A key of the context must not say what only the system says.
        return super().default_get(
            [name for name in fields if name not in PROTECTED_FIELDS]
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._itsm_check_protected([name for name in vals if vals[name]])
        services = super().create(vals_list)
        offered = services.filtered(lambda service: service.state in OFFERED)
        offered._itsm_mark_offered(dict.fromkeys(offered.ids))
        offered._itsm_publish()
        return services

    def write(self, vals):
        self._itsm_check_protected(vals)
        self._itsm_check_writer(vals)
        if CONTENT_FIELDS & vals.keys():
            self.check_access("write")  # before a refusal that names the service
            self._approval_check_unlocked()
        published = self._itsm_published_by(vals)
        if published:
            self.check_access("write")
            self._itsm_check_may_publish()
        before = {}
        if "state" in vals:
            # sudo: the state decides, whoever may read it
            before = {service.id: service.state for service in self.sudo()}
        result = super().write(vals)
        self._itsm_mark_offered(before)
        published._itsm_publish()
        return result

    def _itsm_mark_offered(self, before):  # pylint: disable=missing-return
        """Note when services come on offer and when that ends.

        :param dict before: states by id, of those whose state was written
        """
        now = fields.Datetime.now()
        services = self.filtered(lambda service: service.id in before)
        began = services.filtered(
            lambda service: (
                service.state in OFFERED and before[service.id] not in OFFERED
            )
        )
        ended = services.filtered(
            lambda service: (
                service.state not in OFFERED and before[service.id] in OFFERED
            )
        )
        # The system writes this, not the user.
        for part, vals in (
            (began, {"offered_at": now, "retired_at": False}),
            (ended, {"retired_at": now}),
        ):
            if part:
                # pylint: disable-next=super-method-mismatch
                super(ItsmService, part).write(vals)

    def _itsm_check_protected(self, names):
        """Raise ``AccessError`` if a field is named that only the system writes.

        Emptying one is writing it, too.

        :param names: names of fields
        """
        if guard.has_token(self.env):
            return
        for name in PROTECTED_FIELDS:
            if name in names:
                raise AccessError(
                    self.env._(
                        "%(field)s: the system writes this when a version is approved "
                        "or published. Leave it out.",
                        field=self._fields[name]._description_string(self.env),
                    )
                )

    def _itsm_check_writer(self, vals):
        """Refuse what neither design nor finance writes; managers write everything.

        Rules of records cannot say it: finance writes prices of every service, and
        some people are in both groups.

        :raise AccessError: naming nothing but the field
        """
        user = self.env.user
        if (
            self.env.su
            or vals.keys() <= MONEY_FIELDS
            or user.has_group("itsm_base.itsm_group_manager")
        ):
            return
        # sudo: the state decides, whoever may read it
        if not user.has_group("itsm_base.itsm_group_catalogue") or any(
            service.state not in DESIGNED for service in self.sudo()
        ):
            raise AccessError(
                self.env._(
                    "Service design writes services that are not offered yet or are "
                    "being changed, finance only prices and costs. Ask a manager to "
                    "set the service to “Being changed”."
                )
            )

    def _archive_kept(self):
        kept = super()._archive_kept()
        versions = self.env["itsm.service.version"]._read_group(
            [("service_id", "in", self.ids), ("approval_state", "!=", "none")],
            ["service_id"],
        )
        return kept | self.filtered(
            lambda service: any(service == found for (found,) in versions)
        )

    # === Publishing ===

    def _itsm_published_by(self, vals):
        """Those of these services that writing values would publish.

        :rtype: itsm.service
        """
        if vals.get("state") not in OFFERED or guard.has_token(self.env):
            return self.browse()
        # sudo: the state decides, whoever may read it
        return self.filtered(
            lambda service: (
                service.sudo().state not in OFFERED
                or (service.sudo().state == "changing" and vals["state"] == "live")
            )
        )

    def _itsm_check_may_publish(self):
        """Raise ``AccessError`` for who designs services but does not publish them."""
        if not (self.env.su or self.env.user.has_group("itsm_base.itsm_group_manager")):
            raise AccessError(
                self.env._(
                    "Services are published by the catalogue committee or a manager. "
                    "Use “Ask for Publication” instead."
                )
            )

    def _itsm_publish(self):
        """Keep what is offered now, and find what the committee did not approve.

        :raise ValidationError: the company blocks that
        """
        # What comes with an installation is as it is, and nobody decided anything.
        if not self or not self.env.registry.ready:
            return
        self._itsm_enforce_complete()
        contents = self._itsm_contents()
        changed = self.filtered(
            lambda service: (
                service._itsm_digest(contents[service.id])
                != service.sudo().version_id.digest  # sudo: evidence, seen or not
            )
        )
        approved = (self - changed).filtered(
            # sudo: evidence, seen or not
            lambda service: service.sudo().version_id.state == "published"
        )
        self.env["itsm.enforcement.rule"]._enforce(
            "service_publish",
            self - approved,
            lambda service: self.env._(
                "%(service)s is offered without the approval of the catalogue "
                "committee. Use “Ask for Publication”.",
                service=service.display_name,
            ),
        )
        versions = self.env["itsm.service.version"]._make(changed, contents)
        versions._publish("unapproved")

    def action_request_publication(self):
        """Ask the catalogue committee to approve the services as they are now.

        :return: an action that opens the version, for one service
        :raise AccessError: the user may not write the services
        :raise UserError: there is nothing to approve, or nobody who may decide
        """
        self.check_access("write")
        for service in self:
            if not service.pending_version_id:
                service._itsm_request_publication()
        if len(self) == 1:
            return self.pending_version_id.get_formview_action()
        return True

    def _itsm_request_publication(self):
        self.ensure_one()
        self._itsm_enforce_complete()
        content = self._itsm_contents()
        digest = self._itsm_digest(content[self.id])
        # sudo: versions are written by the system
        versions_sudo = self.sudo().version_ids
        version = versions_sudo.filtered(lambda version: version.state == "draft")[:1]
        # sudo: as above
        current = self.sudo().version_id
        if version:
            guard.with_token(version).write(
                {
                    "content": content[self.id],
                    "digest": digest,
                    "prepared_by_id": self.env.uid,
                    "prepared_at": fields.Datetime.now(),
                }
            )
        elif current.digest == digest and self.state not in (*PLANNED, "retired"):
            if current.state == "published":
                raise UserError(
                    self.env._(
                        "%(service)s is offered as it was approved: there is nothing "
                        "to approve. Change it first.",
                        service=self.display_name,
                    )
                )
            version = current  # approved afterwards
        else:
            version = self.env["itsm.service.version"]._make(self, content)
        self.env["itsm.service.version"].browse(version.id).action_request_approval()

    # === Buttons ===

    def action_set_live(self):
        """Publish the services: they are offered from now on.

        :raise AccessError: if the user may not publish services
        :raise ValidationError: without approval, where the company blocks that
        """
        self.write({"state": "live"})

    def action_design(self):
        """Begin to design proposed services."""
        self._itsm_step("design")

    def action_transition(self):
        """Prepare designed services for being offered."""
        self._itsm_step("transition")

    def action_change(self):
        """Change live services: they stay on offer meanwhile."""
        self._itsm_step("changing")

    def action_announce_retirement(self):
        """Tell that services end soon; they stay on offer until then."""
        self._itsm_step("retiring")

    def action_retire(self):
        """Withdraw the services: they can no longer be chosen on new tickets.

        :raise AccessError: if the user may not write services
        """
        self.write({"state": "retired"})

    def action_set_draft(self):
        """Take the services back to proposals.

        :raise AccessError: if the user may not write services
        """
        self.write({"state": "proposed"})

    def _itsm_step(self, state):
        """Move services on; refuse those whose state does not lead there.

        :raise UserError: naming the service
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        for service in self:
            if service.state not in STEPS[state]:
                raise UserError(
                    self.env._(
                        "%(service)s is “%(old)s” and cannot become “%(new)s” from "
                        "there.",
                        service=service.display_name,
                        old=labels[service.state],
                        new=labels[state],
                    )
                )
        self.write({"state": state})

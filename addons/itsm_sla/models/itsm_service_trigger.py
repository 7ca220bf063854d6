# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from odoo.addons.itsm_base.tools.catalogue import OFFERED

#: What was promised rests on these: agreements are looked at when they change.
ESSENTIAL = ("criticality", "calendar_id", "state", "team_ids")
#: In ``cr.precommit.data``: what changed in this transaction.
CHANGED = "itsm_sla.essential_changes"


class ItsmService(models.Model):
    """What starts service level management by itself (SLM-30).

    The service level manager is asked to look when a service comes on offer that no SLA
    covers, and when something essential of an offered service changes that agreements
    cover. Both are notification events: a company says who is told and how, or
    switches them off. Told once for each transaction, whatever it changes.
    """

    # pylint: disable=consider-merging-classes-inherited
    _name = "itsm.service"
    _inherit = ["itsm.service", "itsm.notification.mixin", "mail.activity.mixin"]

    # === CRUD ===

    def write(self, vals):
        names = [name for name in ESSENTIAL[:3] if name in vals]
        before = {}
        if names:
            # sudo: what is compared, whoever may read it
            before = {
                service.id: [service[name] for name in names]
                for service in self.sudo()
                if service.state in OFFERED
            }
        result = super().write(vals)
        for service in self.sudo():  # sudo: as above
            for name, old in zip(names, before.get(service.id, ()), strict=False):
                new = service[name]
                # Being prepared and published again changes nothing for customers.
                if name == "state" and new not in ("retiring", "retired"):
                    continue
                if new != old:
                    service._itsm_essential_change(name)
        return result

    def _itsm_mark_offered(self, before):
        result = super()._itsm_mark_offered(before)
        began = self.filtered(
            lambda service: (
                service.id in before
                and service.state in OFFERED
                and before[service.id] not in OFFERED
            )
        )
        if began:
            self.env["itsm.notification.event"]._notify(
                "service_without_agreement", began._itsm_uncovered()
            )
        return result

    # === What changed ===

    def _itsm_essential_change(self, name):
        """Note that something essential of services on offer changed.

        Those who answer for the agreements are told at the end of the transaction.

        :param str name: one of `ESSENTIAL`
        """
        callbacks = self.env.cr.precommit
        changes = callbacks.data.get(CHANGED)
        if changes is None:
            changes = callbacks.data[CHANGED] = {}
            env = self.env
            callbacks.add(lambda: env["itsm.service"]._itsm_tell_essential(changes))
        for service in self:
            changes.setdefault(service.id, set()).add(name)

    @api.model
    def _itsm_tell_essential(self, changes):
        """Tell those who answer for the agreements that cover changed services.

        :param dict changes: names of fields by id of the service
        """
        services = self.browse(changes).exists()
        covering = services._itsm_covering(parts=True)
        found = {}
        agreements = self.env["itsm.agreement"]
        for service_id, covered in covering.items():
            agreements |= covered.with_env(self.env)
            for agreement in covered:
                rows = found.setdefault(str(agreement.id), [])
                rows.append([service_id, sorted(changes[service_id])])
        self.env["itsm.notification.event"]._notify(
            "service_changed_agreed", agreements, changes=found
        )

    # === Notification ===

    def _itsm_notification_recipients(self, role):
        if role == "owner":
            return {service.id: service.owner_id.partner_id for service in self}
        if role == "manager":
            return self._itsm_service_managers()
        return super()._itsm_notification_recipients(role)

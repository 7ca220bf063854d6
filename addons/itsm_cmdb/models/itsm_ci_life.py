# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.itsm_base.tools import guard

from ..tools.properties import is_empty
from .itsm_ci_state import GONE, STEPS


class ItsmCi(models.Model):
    """The life cycle: which state follows which (CFG-18, table 2)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    def write(self, vals):
        before = {item: item.state for item in self} if "state" in vals else {}
        known = self._missing_codes() if "attributes" in vals else {}
        result = super().write(vals)
        for item, state in before.items():
            if item.state != state and state not in STEPS[item.state]:
                raise UserError(item._step_message(state))
        if {"state", "class_id"} & vals.keys():
            self._check_states()
        elif "attributes" in vals:
            # entering one of two that are missing must not be stopped
            now = self._missing_codes()
            worse = self.filtered(lambda item: now[item.id] - known[item.id])
            worse._check_complete()
        return result

    def _missing_codes(self):
        return {
            item.id: {attribute.code for attribute in item._missing_attributes()}
            for item in self
        }

    def _step_message(self, state):
        states = dict(self._fields["state"]._description_selection(self.env))
        possible = [states[code] for code, before in STEPS.items() if state in before]
        if not possible:
            return self.env._(
                "%(name)s is %(state)s: that is the end of its life. Record a new "
                "configuration item.",
                name=self.name,
                state=states[state],
            )
        return self.env._(
            "%(name)s is %(state)s. From there it can only become: %(possible)s.",
            name=self.name,
            state=states[state],
            possible=", ".join(possible),
        )

    def _check_states(self):
        """Only states that the class has; what is in use is complete, or it is found.

        :raise ValidationError: a state that the class does not have
        """
        if guard.has_token(self.env):
            # no definition of the CMDB stops the catalogue of services
            return
        states = dict(self._fields["state"]._description_selection(self.env))
        for ci_class, items in self.grouped("class_id").items():
            allowed = ci_class._inherited("state_ids").mapped("code")
            for item in items:
                if allowed and item.state not in allowed:
                    raise ValidationError(
                        self.env._(
                            "%(name)s: %(ci_class)s does not know the state "
                            "“%(state)s”. Its states are: %(allowed)s.",
                            name=item.name,
                            ci_class=ci_class.name,
                            state=states[item.state],
                            allowed=", ".join(states[code] for code in allowed),
                        )
                    )
        self._check_complete()

    def _check_complete(self):
        """Find what is in use without a required attribute, or refuse it."""
        incomplete = {
            item.id: item._incomplete_message(missing)
            for item in self.filtered(lambda item: item.state == "use")
            if (missing := item._missing_attributes())
        }
        if incomplete:
            self.env["itsm.enforcement.rule"]._enforce(
                "ci_incomplete", self.browse(incomplete), incomplete
            )

    def _missing_attributes(self):
        """Required attributes of the class without a value."""
        self.ensure_one()
        values = self._raw_attributes()
        missing = [
            code
            for code in self.class_id._required_codes()
            if is_empty(values.get(code))
        ]
        if not missing:
            return []
        known = self.class_id._attribute_map()
        return [known[code] for code in missing]

    def _incomplete_message(self, missing):
        return self.env._(
            "%(name)s is in use without: %(attributes)s. Enter what is known.",
            name=self.name,
            attributes=", ".join(attribute.name for attribute in missing),
        )

    def _last_state(self):
        """The state of what is gone that its class knows; else the present one."""
        self.ensure_one()
        known = self.class_id._inherited("state_ids").mapped("code")
        if self.state not in GONE:
            for state in GONE:
                if (not known or state in known) and self.state in STEPS[state]:
                    return state
        return self.state

    def _move_to(self, state):
        self.write({"state": state})

    def action_receive(self):
        """It has arrived."""
        self._move_to("received")

    def action_test(self):
        """It is being tested."""
        self._move_to("test")

    def action_use(self):
        """It is taken into use."""
        self._move_to("use")

    def action_dismantle(self):
        """It is taken out of use; what it was part of no longer depends on it."""
        self._move_to("dismantled")

    def action_cancel(self):
        """It is gone for good, or never came."""
        self._move_to("cancelled")

    def action_archive(self):
        """Put away what nothing needs, see `_check_unneeded`."""
        self._check_unneeded()
        return super().action_archive()

    def _check_unneeded(self):
        """Refuse to archive what others fail without.

        What is archived leads nowhere: the impact analysis would pass over them, and
        nobody would notice. What is dismantled or cancelled is said to be gone.

        :raise UserError: naming one, and how many fail without it
        """
        there = self.filtered(lambda item: item.active and item.state not in GONE)
        # sudo: what the user does not see fails, too
        impact = there.sudo()._search_impact("down", depth=1)
        hit = [item for item in impact.reached if item not in self._ids]
        if hit:
            item = self.browse(impact.before[hit[0]][0])
            count = sum(impact.before[other][0] == item.id for other in hit)
            raise UserError(item._needed_message(count))

    def _needed_message(self, count):
        if count == 1:
            return self.env._(
                "%(name)s is not dismantled, and a configuration item fails without "
                "it. Archived, it would be left out of the impact analysis. Dismantle "
                "or cancel it first.",
                name=self.name,
            )
        return self.env._(
            "%(name)s is not dismantled, and %(count)s configuration items fail "
            "without it. Archived, it would be left out of the impact analysis. "
            "Dismantle or cancel it first.",
            name=self.name,
            count=count,
        )

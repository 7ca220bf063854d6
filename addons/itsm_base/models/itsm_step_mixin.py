# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError

from ..tools import guard


class ItsmStepMixin(models.AbstractModel):
    """Records whose ``state`` is moved by buttons that note who did what (MS-29).

    What the buttons note is written by code that holds the token and by nobody else:
    not by a form, an import, a remote call, ``sudo()``, or a default in the context.
    """

    _name = "itsm.step.mixin"
    _description = "Steps Taken by Buttons"

    #: Fields that only code writes, with what a new record has in them.
    _step_new = {}

    @api.model
    def default_get(self, fields):
        # A default of the context, or one that somebody has stored, decides nothing.
        defaults = super().default_get(
            [name for name in fields if name not in self._step_new]
        )
        defaults.update(
            (name, value) for name, value in self._step_new.items() if name in fields
        )
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        self._check_step_fields(
            {
                name
                for vals in vals_list
                for name, new in self._step_new.items()
                if vals.get(name) and vals[name] != new
            }
        )
        return super().create(vals_list)

    def write(self, vals):
        self._check_step_fields(self._step_new.keys() & vals.keys())
        return super().write(vals)

    def _check_step_fields(self, names):
        """Refuse fields that the buttons write.

        :param set names: names of fields that somebody wants to write
        :raise UserError: if there are any and the caller does not hold the token
        """
        if names and not guard.has_token(self):
            raise UserError(
                self.env._(
                    "%(fields)s (%(model)s): written by the buttons only, so that it "
                    "stays true who did what and when.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(names)
                    ),
                    model=self._description,
                )
            )

    def _check_step(self, *states):
        """Refuse a button where it does not apply.

        :param str states: states in which it does
        :raise AccessError: if the user may not write the records
        :raise UserError: naming the first to which it does not apply
        """
        self.check_access("write")
        labels = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if record.state not in states:
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s: this step does not apply to it.",
                        name=record.display_name,
                        state=labels[record.state].lower(),
                    )
                )

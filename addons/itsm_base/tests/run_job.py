# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A job for tests: it counts, and it does what it is told at a number."""

from psycopg2.errors import SerializationFailure

from odoo import fields, models
from odoo.exceptions import UserError

NAME = "itsm.run.test.job"


class ItsmRunTestJob(models.Model):
    _module = None
    _name = NAME
    _inherit = "itsm.run.job"
    _description = "Test Job"

    name = fields.Char()
    company_id = fields.Many2one("res.company")
    count = fields.Integer()
    done = fields.Char(default="", help="Numbers done, by whom.")
    trouble = fields.Char(help="What happens, at which number: 'raise 4'.")

    def _run_slice(self, run):
        number = (run.position or {}).get("number", 0)
        self.done += f"{number}{self.env.user.login[-1]} "
        run.position = {"number": number + 1}
        self._be_troubled(number)
        return 1, number + 1 >= self.count

    def _be_troubled(self, number):
        what, _space, at = (self.trouble or "").partition(" ")
        if not what or number != int(at):
            return
        if what == "conflict":
            raise SerializationFailure("concurrent update")
        if what == "raise":
            raise UserError(self.env._("Number %(number)s is bad", number=number))
        if what == "cancel":
            self.run_id.sudo().action_cancel()  # sudo: somebody else does it
        if what == "crash":
            raise KeyError("a secret")

    def _run_undo_slice(self, run):
        left = self.done.split()
        self.done = "".join(f"{number} " for number in left[:-1])
        return 1, not left[:-1]

    def _run_can_undo(self):
        return bool(self.done)

    def _run_finished(self, run):
        self.done += "finished "

    def _run_undone(self, run):
        self.done += "undone "

    def _run_cancelled(self, run):
        run._log(f"{len(self.done.split())} are in")


def add_model(cls):
    """Add the model to the registry for the tests of one class; undone by rollback."""
    # A model of tests only: Odoo has no public name for this.
    from odoo.orm.model_classes import add_to_registry

    add_to_registry(cls.registry, ItsmRunTestJob)

    def remove():
        del cls.registry[NAME]
        cls.registry._setup_models__(cls.env.cr)

    cls.addClassCleanup(remove)
    cls.registry._setup_models__(cls.env.cr, [NAME])
    cls.registry.init_models(cls.env.cr, [NAME], {"models_to_check": True})
    cls.env["ir.model.access"].create(
        {
            "name": NAME,
            "model_id": cls.env["ir.model"]._get_id(NAME),
            "group_id": cls.env.ref("itsm_base.itsm_group_agent").id,
            **dict.fromkeys(
                ("perm_read", "perm_write", "perm_create", "perm_unlink"), True
            ),
        }
    )

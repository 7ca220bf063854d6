# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""An order that is approved, with lines: models that exist during tests only.

They are put into the registry by the test class and taken out again; their tables live
in the transaction of the test and are rolled back with it.
"""

from contextlib import contextmanager

from odoo import fields, models
from odoo.fields import Command
from odoo.orm.model_classes import add_to_registry

from .common import ItsmCommon

ORDER = "itsm.test.order"
LINE = "itsm.test.order.line"


def _define():
    """The definitions, made anew, and not left where a new registry would find them."""

    class ItsmTestOrder(models.Model):
        _name = ORDER
        _inherit = "itsm.approval.mixin"
        _description = "Test Order"
        _module = "itsm_base"
        _state_from = ["draft", "sent"]
        _state_to = ["ordered"]
        _cancel_state = "cancel"

        name = fields.Char(required=True)
        title = fields.Char(translate=True)
        amount = fields.Float()
        note = fields.Char()
        user_id = fields.Many2one("res.users")
        paper = fields.Binary(attachment=True)
        company_id = fields.Many2one("res.company")
        line_ids = fields.One2many(LINE, "order_id")
        state = fields.Selection(
            [
                ("draft", "Draft"),
                ("sent", "Sent"),
                ("parked", "Parked"),
                ("ordered", "Ordered"),
                ("cancel", "Cancelled"),
            ],
            default="draft",
        )

        def _approval_unlocked_fields(self):
            return super()._approval_unlocked_fields() | {"note"}

        def _approval_summary_fields(self):
            return ["name", "amount", "company_id"]

        def _approval_approved(self):
            result = super()._approval_approved()
            self.state = "ordered"
            return result

        def action_confirm(self):
            self.write({"state": "ordered"})

    class ItsmTestOrderLine(models.Model):
        _name = LINE
        _inherit = "itsm.approval.line.mixin"
        _description = "Line of a Test Order"
        _module = "itsm_base"
        _approval_parent = "order_id"

        order_id = fields.Many2one(ORDER, required=True, ondelete="cascade")
        name = fields.Char()
        price = fields.Float()

    definitions = [ItsmTestOrder, ItsmTestOrderLine]
    for definition in definitions:
        definition._module_to_models__["itsm_base"].remove(definition)
    return definitions


class ApprovalCommon(ItsmCommon):
    """An order, the people who decide about it, and its steps."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What the approvals tell is part of what is tested.
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls._register_models()
        cls.orders = cls.env[ORDER]
        cls.reviews = cls.env["tier.review"]
        cls.decisions = cls.env["itsm.approval.decision"]
        cls.requester_user = cls._create_user("ap-requester", "base.group_user")
        cls.anna = cls._create_user("ap-anna", "base.group_user", name="Anna")
        cls.ben = cls._create_user("ap-ben", "base.group_user", name="Ben")
        cls.cleo = cls._create_user("ap-cleo", "base.group_user", name="Cleo")
        cls.boss = cls._create_user("ap-boss", "base.group_user", name="Boss")
        # Members of the second group are members of the first by implication only.
        cls.group = cls.env["res.groups"].create({"name": "Approvers"})
        cls.group_above = cls.env["res.groups"].create(
            {"name": "Above", "implied_ids": [Command.link(cls.group.id)]}
        )
        cls.role = cls.env["itsm.role"].create({"name": "Tester", "code": "t-tester"})

    @classmethod
    def _register_models(cls):
        for definition in _define():
            add_to_registry(cls.registry, definition)
        cls.registry._setup_models__(cls.env.cr, [ORDER, LINE])
        cls.registry.init_models(cls.env.cr, [ORDER, LINE], {"models_to_check": True})
        cls.addClassCleanup(cls._unregister_models)
        for name in ORDER, LINE:
            model = cls.env["ir.model"]._get(name)
            cls.env["ir.model.access"].create(
                {
                    "name": name,
                    "model_id": model.id,
                    "group_id": cls.env.ref("base.group_user").id,
                    "perm_read": True,
                    "perm_write": True,
                    "perm_create": True,
                    "perm_unlink": True,
                }
            )
        cls.env["ir.rule"].create(
            {
                "name": "Test order: company",
                "model_id": cls.env["ir.model"]._get(ORDER).id,
                "domain_force": "[('company_id', 'in', company_ids + [False])]",
            }
        )
        cls.env["ir.ui.view"].create(
            {
                "name": "itsm.test.order.view.form",
                "model": ORDER,
                "arch": """<form>
                    <header>
                        <button name="action_confirm" type="object" string="Confirm"/>
                        <field name="state" widget="statusbar"/>
                    </header>
                    <sheet>
                        <group>
                            <field name="name"/>
                            <field name="amount"/>
                            <field name="note"/>
                            <field name="line_ids">
                                <list editable="bottom">
                                    <field name="name"/>
                                    <field name="price"/>
                                </list>
                            </field>
                        </group>
                    </sheet>
                </form>""",
            }
        )

    @classmethod
    def _unregister_models(cls):
        for name in ORDER, LINE:
            del cls.registry[name]
        cls.registry._setup_models__(cls.env.cr, [])

    @classmethod
    def _create_step(cls, name="Step", **vals):
        """A step for orders, of any company unless said otherwise."""
        return cls.env["tier.definition"].create(
            {
                "name": name,
                "model_id": cls.env["ir.model"]._get(ORDER).id,
                "company_id": False,
                "review_type": "individual",
                **vals,
            }
        )

    @classmethod
    def _create_group_step(cls, name="Step", users=None, **vals):
        group = cls.env["res.groups"].create(
            {"name": f"Group {name}", "user_ids": [Command.set(users.ids)]}
        )
        return cls._create_step(
            name, review_type="group", reviewer_group_id=group.id, **vals
        )

    @classmethod
    def _create_order(cls, **vals):
        """An order made by the requester."""
        return (
            cls.orders.with_user(cls.requester_user)
            .create({"name": "Order", **vals})
            .with_env(cls.env)
        )

    @contextmanager
    def assertRefused(self, error, text):
        """As ``assertRaisesRegex``, rolled back as the request would be."""
        with self.assertRaises(error) as caught:
            yield
        self.assertRegex(str(caught.exception), text)

    def _ask(self, order):
        order.with_user(self.requester_user).action_request_approval()
        order.invalidate_recordset()

    def _decide(self, order, user, decision="yes", comment="because"):
        order.with_user(user)._approval_decide(decision, comment)
        order.invalidate_recordset()

# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models, tools

from ..tools.control import FREE, RECORD, REFUSE, Control, Rules

YES_NO = [("yes", "Yes"), ("no", "No")]


class ItsmCiClass(models.Model):
    """Which configuration items are under control, and who may write them (CFG-02)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.class"

    control = fields.Selection(
        selection=[
            (FREE, "Free"),
            (RECORD, "Record what is not authorised"),
            (REFUSE, "Refuse what is not authorised"),
        ],
        tracking=True,
        help="What happens when somebody changes what is under control without an "
        "approved authorisation in its window. Empty: as the class above.",
    )
    refuse_from = fields.Date(
        string="Refused From",
        tracking=True,
        help="Until that day changes without authorisation are only recorded. The day "
        "begins in the zone of the company's working time. Empty: refused at once.",
    )
    control_incident = fields.Selection(
        selection=YES_NO,
        string="Open an Incident",
        tracking=True,
        help="One for all changes without authorisation that are saved together. "
        "Empty: as the class above; nowhere said: no.",
    )
    control_field_ids = fields.Many2many(
        comodel_name="itsm.ci.control.field",
        relation="itsm_ci_class_control_field_rel",
        column1="class_id",
        column2="field_id",
        string="Under Control",
        help="Attributes and types of relations say themselves whether they are. "
        "Empty: as the class above; nowhere said: all that is marked so.",
    )
    write_group_id = fields.Many2one(
        comodel_name="res.groups",
        string="Written by",
        ondelete="restrict",
        tracking=True,
        help="Of those who may write configuration items, only these may write those "
        "of this class; configuration managers always. Empty: as the class above.",
    )
    control_now = fields.Selection(
        selection=[
            (FREE, "Free"),
            (RECORD, "Unauthorised changes are recorded"),
            (REFUSE, "Unauthorised changes are refused"),
        ],
        string="Control Today",
        compute="_compute_control_now",
        recursive=True,
        help="With what the classes above say.",
    )

    @api.depends("control", "refuse_from", "parent_id.control_now")
    @api.depends_context("company")
    def _compute_control_now(self):
        controls = self._control_rules().controls
        for ci_class in self:
            found = controls.get(ci_class._origin.id)
            ci_class.control_now = (
                self._control_mode(found, self.env.company) if found else FREE
            )

    # === CRUD ===

    def write(self, vals):
        if not {"control", "parent_id"} & vals.keys():
            return super().write(vals)
        before = self._control_rules().scope
        # what came past the system is found before its traces go
        copies = self.env["itsm.ci.copy"]
        if before:
            copies._compare_all()
        result = super().write(vals)
        if self._control_rules().scope != before:
            copies._fit()
        return result

    # === What others ask ===

    @api.model
    @tools.ormcache()
    def _control_rules(self):
        """What is under control, as all classes and definitions say.

        :rtype: Rules
        """
        # sudo: rules hold for everybody, whoever may read them
        classes = self.sudo().with_context(active_test=False)
        things = self.env["itsm.ci.control.field"].sudo()  # sudo: as above
        default = frozenset(things.search([("is_default", "=", True)]).mapped("code"))
        controls = {
            ci_class.id: ci_class._control_settings(default)
            for ci_class in classes.search([])
        }
        # sudo: as above
        states = self.env["itsm.ci.state"].sudo()
        # sudo: as above; archived ones have values
        attributes = self.env["itsm.ci.attribute"].sudo()
        attributes = attributes.with_context(active_test=False)
        # sudo: as above
        types = self.env["itsm.ci.relation.type"].sudo()
        types = types.with_context(active_test=False)
        return Rules(
            controls,
            frozenset(key for key, found in controls.items() if found.mode != FREE),
            frozenset(states.search([("is_controlled", "=", True)]).mapped("code")),
            frozenset(
                attributes.search([("is_controlled", "=", False)]).mapped("code")
            ),
            frozenset(types.search([("is_controlled", "=", False)]).ids),
            any(found.group_id for found in controls.values()),
        )

    def _control_settings(self, default):
        path = list(reversed(self._path()))

        def nearest(name):
            return next((c for c in path if c[name]), self)

        mode = nearest("control")
        named = nearest("control_field_ids").control_field_ids
        return Control(
            mode.control or FREE,
            mode.refuse_from,
            nearest("control_incident").control_incident == "yes",
            frozenset(named.mapped("code")) if named else default,
            nearest("write_group_id").write_group_id.id,
        )

    @api.model
    def _control_of(self, class_id):
        """How configuration items of a class are controlled.

        :param int class_id: id of the class; one that nobody knows is free
        :rtype: Control
        """
        return self._control_rules().controls.get(class_id) or Control(
            FREE, False, False, frozenset(), False
        )

    @api.model
    def _control_mode(self, control, company):
        """What a class does in a company today: free, record or refuse.

        :param Control control: of the class
        :param company: ``res.company``
        """
        if control.mode == REFUSE and control.refuse_from:
            today = self.env["itsm.enforcement.rule"]._today(company)
            if control.refuse_from > today:
                return RECORD
        return control.mode

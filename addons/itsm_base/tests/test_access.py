# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ItsmCommon

OPERATIONS = ("read", "write", "create", "unlink")
NOTHING = ""
READ = "r"
EDIT = "rw"
KEEP = "rwc"
ALL = "rwcu"

# model -> operations of: agent, lead, manager, helpdesk user, employee, portal, public
MATRIX = {
    "itsm.service": (READ, READ, ALL, READ, NOTHING, NOTHING, NOTHING),
    # rules narrow what service design writes
    "itsm.service.team": (READ, READ, ALL, READ, NOTHING, NOTHING, NOTHING),
    "itsm.service.requirement": (READ, READ, ALL, READ, NOTHING, NOTHING, NOTHING),
    "itsm.service.dependency": (READ, READ, ALL, READ, NOTHING, NOTHING, NOTHING),
    "itsm.service.version": (READ, READ, "rwu", READ, NOTHING, NOTHING, NOTHING),
    "itsm.question": (READ, READ, ALL, READ, NOTHING, NOTHING, NOTHING),
    "itsm.question.option": (READ, READ, ALL, READ, NOTHING, NOTHING, NOTHING),
    "itsm.priority.rule": (READ, READ, EDIT, READ, NOTHING, NOTHING, NOTHING),
    "itsm.pause.reason": (READ, READ, ALL, READ, NOTHING, NOTHING, NOTHING),
    "itsm.closing.code": (READ, READ, ALL, READ, NOTHING, NOTHING, NOTHING),
    "itsm.kpi": (ALL, ALL, ALL, ALL, ALL, NOTHING, NOTHING),  # rules narrow it
    "itsm.kpi.value": (KEEP, KEEP, KEEP, KEEP, KEEP, NOTHING, NOTHING),
    "itsm.kpi.computation": (NOTHING, NOTHING, ALL, NOTHING, NOTHING, NOTHING, NOTHING),
    # of records that one may read, by code
    "itsm.approval.decision": (READ, READ, READ, READ, READ, NOTHING, NOTHING),
    "itsm.substitute": (ALL, ALL, ALL, ALL, ALL, NOTHING, NOTHING),  # one's own
    # What a person may do to a run: see it, archive it.
    "itsm.run": (READ, READ, EDIT, NOTHING, NOTHING, NOTHING, NOTHING),
    "itsm.run.line": (READ, READ, READ, NOTHING, NOTHING, NOTHING, NOTHING),
    "itsm.enforcement.rule": (READ, READ, READ, NOTHING, NOTHING, NOTHING, NOTHING),
    "itsm.enforcement.setting": (
        *(NOTHING, READ, EDIT),
        *(NOTHING, NOTHING, NOTHING, NOTHING),
    ),
    "itsm.enforcement.finding": (
        *(READ, READ, READ),
        *(NOTHING, NOTHING, NOTHING, NOTHING),
    ),
    "itsm.anonymisation": (
        *(NOTHING, NOTHING, ALL),
        *(NOTHING, NOTHING, NOTHING, NOTHING),
    ),
    "itsm.anonymisation.line": (
        *(NOTHING, NOTHING, READ),
        *(NOTHING, NOTHING, NOTHING, NOTHING),
    ),
    "itsm.retention.rule": (
        *(NOTHING, NOTHING, ALL),
        *(NOTHING, NOTHING, NOTHING, NOTHING),
    ),
    "itsm.export.log": (
        *(NOTHING, NOTHING, READ),
        *(NOTHING, NOTHING, NOTHING, NOTHING),
    ),
    "itsm.notification.event": (READ, READ, READ, READ, READ, NOTHING, NOTHING),
    "itsm.notification.audience": (
        *(READ, READ, READ),
        *(NOTHING, NOTHING, NOTHING, NOTHING),
    ),
    "itsm.notification.setting": (
        *(NOTHING, NOTHING, EDIT),
        *(NOTHING, NOTHING, NOTHING, NOTHING),
    ),
    # one's own, by a rule
    "itsm.notification.preference": (ALL, ALL, ALL, ALL, ALL, NOTHING, NOTHING),
    "itsm.notification.log": (
        *(READ, READ, READ),
        *(NOTHING, NOTHING, NOTHING, NOTHING),
    ),
    "itsm.event": (READ, READ, READ, NOTHING, NOTHING, NOTHING, NOTHING),
    "itsm.event.alarm": (READ, READ, READ, NOTHING, NOTHING, NOTHING, NOTHING),
    "itsm.event.rule": (READ, READ, ALL, NOTHING, NOTHING, NOTHING, NOTHING),
    "itsm.event.source": (READ, READ, ALL, NOTHING, NOTHING, NOTHING, NOTHING),
    "itsm.contact": (READ, READ, READ, NOTHING, NOTHING, NOTHING, NOTHING),
    "itsm.contact.identity": (ALL, ALL, ALL, NOTHING, NOTHING, NOTHING, NOTHING),
    "itsm.role": (READ, READ, ALL, READ, READ, NOTHING, NOTHING),
    "itsm.role.holder": (READ, READ, ALL, READ, READ, NOTHING, NOTHING),
    "itsm.duty.definition": (READ, READ, ALL, READ, READ, NOTHING, NOTHING),
    "itsm.duty.scope": (READ, READ, ALL, READ, READ, NOTHING, NOTHING),
    # one's own and those of one's roles, by rules
    "itsm.duty": (EDIT, EDIT, EDIT, EDIT, EDIT, NOTHING, NOTHING),
    "itsm.duty.report": (READ, READ, READ, NOTHING, NOTHING, NOTHING, NOTHING),
    "itsm.document": (READ, ALL, ALL, NOTHING, NOTHING, NOTHING, NOTHING),
    "itsm.document.kind": (READ, READ, ALL, READ, NOTHING, NOTHING, NOTHING),
    "itsm.setup.step": (NOTHING, NOTHING, READ, NOTHING, NOTHING, NOTHING, NOTHING),
    "itsm.setup.skip": (NOTHING, NOTHING, ALL, NOTHING, NOTHING, NOTHING, NOTHING),
    # Processes, actions and meetings: rules narrow it, see their tests.
    "itsm.process": (EDIT, EDIT, ALL, EDIT, EDIT, NOTHING, NOTHING),
    "itsm.process.control": (ALL, ALL, ALL, ALL, ALL, NOTHING, NOTHING),
    "itsm.process.interface": (ALL, ALL, ALL, ALL, ALL, NOTHING, NOTHING),
    "itsm.action": (ALL, ALL, ALL, ALL, ALL, NOTHING, NOTHING),
    "itsm.meeting": (ALL, ALL, ALL, READ, READ, NOTHING, NOTHING),
    "itsm.meeting.line": (ALL, ALL, ALL, READ, READ, NOTHING, NOTHING),
    "itsm.meeting.minutes": (READ, READ, READ, READ, READ, NOTHING, NOTHING),
    "itsm.meeting.kind": (READ, READ, ALL, READ, READ, NOTHING, NOTHING),
    "itsm.meeting.topic": (READ, READ, ALL, READ, READ, NOTHING, NOTHING),
    "helpdesk.ticket": (KEEP, KEEP, ALL, KEEP, READ, READ, NOTHING),
    "helpdesk.ticket.stage": (READ, READ, ALL, READ, READ, READ, READ),
}


@tagged("post_install", "-at_install")
class TestAccess(ItsmCommon):
    def _users(self):
        return (
            self.agent,
            self.lead,
            self.manager,
            self.helpdesk_user,
            self.employee,
            self.portal_user,
            self.env.ref("base.public_user"),
        )

    def test_matrix(self):
        """requirements.md Table 3: role × model × operation."""
        for model_name, rights in MATRIX.items():
            for user, letters in zip(self._users(), rights, strict=True):
                model = self.env[model_name].with_user(user)
                for operation in OPERATIONS:
                    with self.subTest(
                        model=model_name, user=user.login, operation=operation
                    ):
                        self.assertEqual(
                            model.has_access(operation), operation[0] in letters
                        )

    def test_every_model_is_in_the_matrix(self):
        """odoo19.md rule 9: a new model of the addon must be added above."""
        models = self.env["ir.model"].search([("model", "=like", "itsm.%")])
        ours = models.filtered(
            lambda model: (
                self.env[model.model]._original_module == "itsm_base"
                and not model.transient
                and not self.env[model.model]._abstract
            )
        )
        others = {"itsm.working.day"}  # has tests of its own
        self.assertEqual(set(ours.mapped("model")) - others, self._itsm_models())

    def _itsm_models(self):
        return {name for name in MATRIX if name.startswith("itsm.")}

    def test_role_chain(self):
        """Issue 2 section 2: manager is lead is agent is helpdesk user."""
        for user, groups in (
            (self.agent, ["itsm_base.itsm_group_agent"]),
            (self.lead, ["itsm_base.itsm_group_agent", "itsm_base.itsm_group_lead"]),
            (self.manager, ["itsm_base.itsm_group_lead"]),
        ):
            for group in [*groups, "helpdesk_mgmt.group_helpdesk_user"]:
                self.assertTrue(user.has_group(group), (user.login, group))
        self.assertTrue(self.manager.has_group("helpdesk_mgmt.group_helpdesk_manager"))
        self.assertFalse(self.lead.has_group("helpdesk_mgmt.group_helpdesk_manager"))
        self.assertFalse(self.agent.has_group("itsm_base.itsm_group_lead"))
        self.assertFalse(self.helpdesk_user.has_group("itsm_base.itsm_group_agent"))

    def test_configuration_is_for_managers(self):
        """odoo19.md E8: writing a browsed record is refused, not only searching."""
        records = (
            self.service,
            self.env["itsm.priority.rule"].search([], limit=1),
            self.pause_reason,
            self.closing_code,
        )
        for record in records:
            for user in self.agent, self.lead, self.helpdesk_user:
                with (
                    self.subTest(model=record._name, user=user.login),
                    mute_logger("odoo.models"),
                    self.assertRaises(AccessError),
                ):
                    record.with_user(user).write({"company_id": self.company.id})

    def test_helpdesk_user_works(self):
        """Manners: a user of helpdesk_mgmt who has no ITSM role works as before."""
        ticket = self._create_ticket(
            team_id=False, user_id=self.helpdesk_user.id, service_id=self.service.id
        ).with_user(self.helpdesk_user)
        ticket.invalidate_recordset()
        ticket.write({"stage_id": self.stage_paused.id, "impact": "1", "urgency": "1"})
        self.assertEqual(ticket.priority, "3")
        fields = list(ticket.fields_get())
        self.assertTrue(ticket.read(fields))

    def test_employee_reads_own_ticket(self):
        """Manners: an employee opens the form of his ticket as before."""
        ticket = self._create_ticket(
            partner_id=self.employee.partner_id.id,
            service_id=self.service.id,
            impact="1",
            urgency="1",
        ).with_user(self.employee)
        ticket.invalidate_recordset()
        arch = etree.fromstring(ticket.get_view(view_type="form")["arch"])
        # What his browser asks for: nodes of other groups are not in his view.
        names = {
            node.get("name")
            for node in arch.iter("field")
            if not any(parent.tag == "field" for parent in node.iterancestors())
        }
        values = ticket.web_read(
            {
                name: {"fields": {"display_name": {}}}
                if ticket._fields[name].type == "many2one"
                else {}
                for name in names
            }
        )
        self.assertEqual(
            values[0]["service_id"]["display_name"], self.service.display_name
        )

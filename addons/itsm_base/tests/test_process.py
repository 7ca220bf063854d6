# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ItsmCommon

#: The processes of the manual, by the codes of the table of interfaces.
CODES = (
    "MS CAT SLM REP AVC FIN CAP SEC BRM SUP DSK INC REQ PRB KNO CFG CHG REL MNT".split()
)


@tagged("post_install", "-at_install")
class TestProcess(ItsmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.incident = cls.env.ref("itsm_base.itsm_process_inc")
        cls.problem = cls.env.ref("itsm_base.itsm_process_prb")
        cls.incident.write({"owner_id": cls.agent.id, "manager_id": cls.agent_2.id})

    def test_shipped(self):
        """MS-03: the processes of the manual are there, 13 and more, for everybody."""
        processes = self.env["itsm.process"].search(
            [("company_id", "=", self.env.ref("base.main_company").id)]
        )
        self.assertLessEqual(set(CODES), set(processes.mapped("code")))
        self.assertGreaterEqual(len(processes), 13)
        self.assertTrue(all(processes.mapped("purpose")))

    def test_one_person(self):
        """MS-03: owner and manager may be one person."""
        self.incident.manager_id = self.agent
        self.assertEqual(self.incident.owner_id, self.incident.manager_id)

    def test_shipped_controls(self):
        """MS-52: each process has control points with item, method and record."""
        for code in CODES:
            controls = self.env.ref(
                f"itsm_base.itsm_process_{code.lower()}"
            ).control_point_ids
            with self.subTest(code=code):
                self.assertTrue(controls)
                for name in ("name", "method", "frequency", "responsible", "record"):
                    self.assertTrue(all(controls.mapped(name)), name)

    def test_control_responsible(self):
        """MS-52: who is responsible follows the process, or is named."""
        control = self.env["itsm.process.control"].create(
            {"process_id": self.incident.id, "name": "Sample", "responsible": "owner"}
        )
        self.assertEqual(control.responsible_id, self.agent)
        control.responsible = "manager"
        self.assertEqual(control.responsible_id, self.agent_2)
        with self.assertRaises(ValidationError):
            control.responsible = "user"
        control.write({"responsible": "user", "user_id": self.lead.id})
        self.assertEqual(control.responsible_id, self.lead)

    def test_shipped_interfaces(self):
        """Table 7: what passes between processes, both ways, and with all of them."""
        passes = self.env.ref("itsm_base.itsm_process_interface_inc_prb")
        self.assertIn(passes, self.incident.interface_ids)
        self.assertIn(passes, self.problem.interface_in_ids)
        self.assertTrue(passes.returns)
        common = self.incident.interface_common_ids
        self.assertIn(self.env.ref("itsm_base.itsm_process_interface_slm_all"), common)
        self.assertIn(self.env.ref("itsm_base.itsm_process_interface_all_rep"), common)
        slm = self.env.ref("itsm_base.itsm_process_slm")
        self.assertNotIn(
            self.env.ref("itsm_base.itsm_process_interface_slm_all"),
            slm.interface_common_ids,
        )

    def test_interface_ends(self):
        """Table 7: an interface has an end, and not twice the same."""
        interfaces = self.env["itsm.process.interface"]
        with self.assertRaises(ValidationError):
            interfaces.create({"passes": "Nothing"})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            interfaces.create(
                {
                    "passes": "Nothing",
                    "process_from_id": self.incident.id,
                    "process_to_id": self.incident.id,
                }
            )

    def test_code_once(self):
        """MS-03: a code names one process of the company."""
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["itsm.process"].create({"code": "INC", "name": "Again"})

    def test_copy(self):
        """MS-03: a copy has a code of its own and no people."""
        copy = self.incident.copy()
        self.assertEqual(copy.code, "INC-COPY")
        self.assertFalse(copy.owner_id | copy.manager_id)
        self.assertEqual(
            copy.control_point_ids.mapped("name"),
            self.incident.control_point_ids.mapped("name"),
        )

    # === Rights ===

    def test_owner_edits(self):
        """MS-03: the owner changes his process, its controls and interfaces."""
        process = self.incident.with_user(self.agent)
        process.write({"purpose": "Back to work", "manager_id": self.lead.id})
        control = self.env["itsm.process.control"].with_user(self.agent)
        control = control.create({"process_id": process.id, "name": "Sample"})
        control.method = "Ten tickets"
        control.unlink()
        self.env["itsm.process.interface"].with_user(self.agent).create(
            {
                "process_from_id": process.id,
                "process_to_id": self.problem.id,
                "passes": "News",
            }
        )

    def test_owner_does_not_appoint(self):
        """MS-03: the owner does not pass his process on, nor switch it off."""
        process = self.incident.with_user(self.agent)
        self.assertFalse(process.can_appoint)
        for vals in ({"owner_id": self.lead.id}, {"active": False}, {"code": "X"}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                process.write(vals)
        self.assertTrue(self.incident.with_user(self.manager).can_appoint)
        self.incident.with_user(self.manager).owner_id = self.lead

    def test_owner_leaves_the_processes_of_others(self):
        """MS-03: no control point or interface is pushed onto another's process."""
        control = self.incident.control_point_ids[0].with_user(self.agent)
        with self.assertRaises(AccessError):
            control.process_id = self.problem
        interface = self.incident.interface_ids.filtered("process_to_id")[0]
        change = self.env.ref("itsm_base.itsm_process_chg")
        with self.assertRaises(AccessError):
            interface.with_user(self.agent).write(
                {"process_from_id": self.problem.id, "process_to_id": change.id}
            )

    def test_others_read(self):
        """MS-03: everybody of the company reads, nobody else writes."""
        for user in (self.agent_2, self.lead, self.employee):
            process = self.incident.with_user(user)
            with self.subTest(user=user.login):
                self.assertTrue(process.read(["name", "purpose"]))
                with self.assertRaises(AccessError):
                    process.purpose = "Mine"
                with self.assertRaises(AccessError):
                    process.control_point_ids[0].name = "Mine"
                with self.assertRaises(AccessError):
                    self.env["itsm.process"].with_user(user).create(
                        {"code": "NEW", "name": "New"}
                    )
        with self.assertRaises(AccessError):
            self.incident.with_user(self.portal_user).read(["name"])

    def test_owner_outside_the_desk(self):
        """MS-03: finance owns a process without being an agent."""
        self.incident.owner_id = self.employee
        self.incident.with_user(self.employee).purpose = "To restore"
        with self.assertRaises(AccessError):
            self.problem.with_user(self.employee).purpose = "To find"

    # === Companies ===

    def test_new_company(self):
        """MS-03: a new company starts with copies of all, joined as the originals."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.incident.with_context(lang="zh_CN").name = "事件管理流程"
        company = self.env["res.company"].create({"name": "Subsidiary"})
        processes = self.env["itsm.process"].search([("company_id", "=", company.id)])
        by_code = {process.code: process for process in processes}
        self.assertLessEqual(set(CODES), set(by_code))
        self.assertFalse(processes.owner_id | processes.manager_id)
        self.assertEqual(by_code["INC"].with_context(lang="zh_CN").name, "事件管理流程")
        self.assertEqual(
            by_code["INC"].control_point_ids.mapped("name"),
            self.incident.control_point_ids.mapped("name"),
        )
        interface = by_code["INC"].interface_ids.filtered(
            lambda interface: interface.process_to_id == by_code["PRB"]
        )
        self.assertEqual(interface.company_id, company)
        self.assertEqual(len(by_code["INC"].interface_common_ids), 3)
        again = company._itsm_create_processes()
        self.assertFalse(again)

    def test_companies_apart(self):
        """Rule 5: processes of another company are invisible and cannot be joined."""
        company = self.env["res.company"].create({"name": "Subsidiary"})
        other = self.env["itsm.process"].search(
            [("company_id", "=", company.id), ("code", "=", "INC")]
        )
        self.assertFalse(
            self.env["itsm.process"]
            .with_user(self.manager)
            .search([("id", "=", other.id)])
        )
        with self.assertRaises(UserError):
            self.env["itsm.process.interface"].create(
                {
                    "process_from_id": self.incident.id,
                    "process_to_id": other.id,
                    "passes": "Secrets",
                }
            )
        with self.assertRaises(UserError):
            other.owner_id = self.agent

    # === What belongs to it ===

    def test_counts(self):
        """MS-53, MS-54, MS-55: actions, meetings and KPIs of the process."""
        before = self.incident.action_open_count, self.incident.meeting_count
        actions = self.incident.action_open_actions()["domain"]
        meetings = self.incident.action_open_meetings()["domain"]
        listed = self.env["itsm.action"].search_count(actions)
        self.env["itsm.action"].create(
            {"name": "Train", "process_id": self.incident.id, "due_date": "2026-05-01"}
        )
        self.env["itsm.meeting"].create(
            {
                "kind_id": self.env.ref(
                    "itsm_base.itsm_meeting_kind_process_owners"
                ).id,
                "process_id": self.incident.id,
                "partner_ids": [Command.set(self.agent.partner_id.ids)],
                "start": "2026-05-01 08:00:00",
            }
        )
        self.incident.invalidate_recordset()
        self.assertEqual(
            (self.incident.action_open_count, self.incident.meeting_count),
            (before[0] + 1, before[1] + 1),
        )
        self.assertEqual(self.env["itsm.action"].search_count(actions), listed + 1)
        self.assertEqual(
            self.env["itsm.meeting"].search_count(meetings), self.incident.meeting_count
        )

    def test_kpis(self):
        """MS-04: KPIs of every company with this code, and KPIs of this process."""
        shared, own, other = self.env["itsm.kpi"].create(
            [
                {
                    "code": f"T5-{code}",
                    "name": code,
                    "formula": "Counted",
                    "process_code": process_code,
                    "process_id": process and process.id,
                }
                for code, process_code, process in (
                    ("shared", "INC", False),
                    ("own", False, self.incident),
                    ("other", False, self.problem),
                )
            ]
        )
        kpis = self.incident.kpi_ids
        self.assertIn(shared, kpis)
        self.assertIn(own, kpis)
        self.assertNotIn(other, kpis)
        self.assertEqual(self.incident.kpi_count, len(kpis))

    def test_yearly_review(self):
        """MS-54: one duty a year for each process, for its owner."""
        definition = self.env.ref("itsm_base.itsm_duty_definition_process_review")
        self.assertEqual(definition.period, "year")
        self.assertEqual(definition.subject_model, "itsm.process")
        self.assertEqual(definition.responsible, "subject")

    def test_kept(self):
        """MS-29: a process with actions is archived, not deleted."""
        self.env["itsm.action"].create(
            {"name": "Train", "process_id": self.incident.id, "due_date": "2026-05-01"}
        )
        with self.assertRaises(UserError):
            self.incident.unlink()
        self.incident.active = False
        self.env["itsm.process"].create({"code": "NEW", "name": "Mistake"}).unlink()

    def test_tracked(self):
        """MS-29: who answers for the process is in its history."""
        self._flush_tracking()
        before = self.incident.message_ids
        self.incident.with_context(
            tracking_disable=False, mail_notrack=False
        ).owner_id = self.lead
        self._flush_tracking()
        values = (self.incident.message_ids - before).sudo().tracking_value_ids
        self.assertEqual(values.field_id.mapped("name"), ["owner_id"])

    def test_form(self):
        """MS-52: the form of the owner saves; code and owner are for managers."""
        process = self.incident.with_user(self.agent)
        with Form(process) as form:
            form.purpose = "Restore service"
            with form.control_point_ids.new() as control:
                control.name = "Sample of tickets"
        with self.assertRaises(AssertionError), Form(process) as form:
            form.code = "X"

    def test_queries(self):
        """Speed: the list reads 2 processes with as many queries as 19."""
        processes = self.env["itsm.process"].search([("code", "in", CODES)])
        names = ["action_open_count", "meeting_count", "duty_open_count", "kpi_count"]
        names += ["owner_id", "interface_common_ids"]
        processes.owner_id = self.agent
        counts = []
        processes.read(names)
        for records in (processes[:2], processes):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.read(names)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_roster(self):
        """MS-03, MS-52: the roster lists every process with its people and controls."""
        document = self.env["itsm.document"].create(
            {"kind_id": self.env.ref("itsm_base.itsm_document_kind_process_roster").id}
        )
        rows = document._content_process_roster()["rows"]
        self.assertGreaterEqual(len(rows), 13)
        row = next(row for row in rows if row["code"] == "INC")
        self.assertEqual(row["owner"], self.agent.name)
        self.assertEqual(row["manager"], self.agent_2.name)
        self.assertEqual(len(row["controls"]), len(self.incident.control_point_ids))
        self.assertEqual(
            self.env["itsm.process"].action_prepare_roster()["context"],
            {"default_kind_id": document.kind_id.id},
        )

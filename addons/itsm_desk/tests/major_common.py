# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.addons.itsm_base.tools import guard

from .lifecycle_common import LifecycleCommon

NOW = "2026-03-23 10:00"


class MajorCommon(LifecycleCommon):
    """A company with an incident manager and management; no criteria but the tests'."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.majors = cls.env["itsm.major.incident"]
        cls.criteria = cls.env["itsm.major.criterion"]
        cls.criteria.search([]).active = False
        cls.env["itsm.role.holder"].search([]).unlink()
        cls.incident_manager = cls._create_user(
            "itsm-incident-manager", "itsm_base.itsm_group_agent"
        )
        cls.leader = cls._create_user("itsm-leader", "base.group_user")
        cls._hold("itsm_base.itsm_role_incident_manager", cls.incident_manager)
        cls._hold("itsm_desk.itsm_role_it_management", cls.leader)
        cls.company.itsm_major_update_minutes = 60
        cls.category = cls.env["helpdesk.ticket.category"].create({"name": "Delivery"})
        cls.service_2 = cls.env["itsm.service"].create(
            {"name": "Payroll", "code": "T-PAY", "state": "live", "criticality": "1"}
        )

    @classmethod
    def _hold(cls, xmlid, user, company=None):
        return cls.env["itsm.role.holder"].create(
            {
                "role_id": cls.env.ref(xmlid).id,
                "company_id": (company or cls.company).id,
                "user_id": user.id,
            }
        )

    def _criterion(self, **vals):
        """Three incidents of the same service within 30 minutes."""
        return self.criteria.create(
            {
                "name": "Several",
                "threshold": 3,
                "minutes": 30,
                "same_by": "service",
                **vals,
            }
        )

    def _incident(self, wall=NOW, user=None, **vals):
        """An incident of the first service, saved by an agent."""
        return self._report(
            wall,
            user,
            **{"itsm_kind": "incident", "service_id": self.service.id, **vals},
        )

    def _proposed(self, **vals):
        """A proposal of one ticket by an agent."""
        ticket = self._incident(**vals)
        with self.at("2026-03-23 10:05"):
            major = self.majors.with_user(self.agent)._propose(
                ticket.with_user(self.agent), "Nobody can mail"
            )
        return major.with_env(self.env)

    def _declared(self, wall="2026-03-23 10:10", **vals):
        """A declared major incident."""
        major = self._proposed(**vals)
        mine = major.with_user(self.incident_manager)
        mine.write({"impact_text": "No mail for anybody"})
        with self.at(wall):
            mine.action_declare()
        return major

    def _restored(self, wall="2026-03-23 12:00", **vals):
        major = self._declared(**vals)
        with self.at(wall):
            major.with_user(self.incident_manager)._restore(self.utc(wall))
        return major

    def _review(self, major, wall="2026-03-24 10:00", minutes="<p>We talked</p>"):
        """Hold the review meeting and enter cause and lessons."""
        mine = major.with_user(self.incident_manager)
        with self.at(wall):
            action = mine.action_plan_review()
            meeting = self.env["itsm.meeting"].browse(action["res_id"])
            meeting.with_user(self.incident_manager).write(
                {"start": self.utc("2026-03-24 09:00"), "notes": minutes}
            )
            meeting.with_user(self.incident_manager).action_hold()
            mine.write({"cause": "Disk full", "lessons": "Watch the disk"})
        return meeting

    def _token(self, records):
        return guard.with_token(records)

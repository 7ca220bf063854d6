# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Demo data of baselines, audits and health checks, silently."""

from datetime import timedelta

from odoo.fields import Command

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import local_date

from .desk_demo import Teller
from .desk_load import Hush

#: English, Chinese.
WORDS = {
    "initial": ("Initial baseline", "初始基线"),
    "initial_why": (
        "How the CMDB was when it was right for the first time.",
        "配置管理数据库首次核对无误时的状态。",
    ),
    "stock": ("Stocktaking of the machine room", "机房资产盘点"),
    "stock_why": (
        "Are the devices where the CMDB says, with the labels that it knows?",
        "设备是否在记录的位置,标签是否一致?",
    ),
    "yearly": ("Yearly configuration audit", "年度配置审计"),
    "elsewhere": ("Rack 2", "2 号机柜"),
    "stranger": (
        "A small switch without a label under the raised floor",
        "架空地板下有一台无标签的小型交换机",
    ),
    "explained": (
        "It was moved when rack 1 got too warm; nobody told the CMDB.",
        "1 号机柜过热时移走,未通知配置管理员。",
    ),
}
#: Counted as expected in the stocktaking.
AS_EXPECTED = ("ups_1", "ups_2", "firewall", "switch_1", "host_1", "host_3", "storage")


class CiAudits(Teller):
    """A baseline that was approved, a stocktaking under way, the audit of the year."""

    words = WORDS

    def load(self):
        self._baseline()
        self._stocktaking()
        self._yearly()
        # sudo: the scheduled action checks for everybody
        rules = self.env["itsm.ci.health.rule"].sudo()
        guard.silence(rules)._cron_check()

    def item(self, name):
        return self.ref(f"itsm_ci_{name}")

    def _baseline(self):
        baseline = self.by(self.env["itsm.ci.baseline"], "manager").create(
            {
                "name": self.say("initial"),
                "purpose": self.say("initial_why"),
                "kind": "initial",
                "scope": "all",
                "company_id": self.company.id,
            }
        )
        baseline.action_take()
        baseline.with_user(self.ref("base.user_admin")).action_approve()
        # what has happened since
        self.by(self.item("vm_print"), "manager").hostname = "lon-vm-print-02"
        self.by(self.item("laptop_3"), "manager").location_id = self.item("site")

    def _stocktaking(self):
        today = self._today()
        names = (*AS_EXPECTED, "host_2", "switch_2")
        items = self.env["itsm.ci"].browse([self.item(name).id for name in names])
        audit = self.by(guard.silence(self.env["itsm.ci.audit"]), "engineer2").create(
            {
                "name": self.say("stock"),
                "purpose": self.say("stock_why"),
                "kind": "stocktaking",
                "auditor_id": self.user("engineer2").id,
                "date_start": today - timedelta(days=3),
                "date_end": today + timedelta(days=11),
                "ci_ids": [Command.set(items.ids)],
                "company_id": self.company.id,
            }
        )
        audit.action_start()
        lines = {line.ci_id: line for line in audit.line_ids}
        for name in AS_EXPECTED:
            lines[self.item(name)].action_count_ok()
        found = {"location_id": self.say("elsewhere")}
        audit.count_line(lines[self.item("host_2")].id, "different", found)
        audit.count_unrecorded(self.say("stranger"))
        audit.action_end_counting()
        difference = audit.difference_ids.filtered(
            lambda record: record.ci_id == self.item("host_2")
        )
        explained = self.by(difference, "engineer")
        explained.write(
            {
                "cause_id": self.ref("itsm_cmdb.itsm_ci_audit_cause_moved").id,
                "explanation": self.say("explained"),
                "correction": "record",
            }
        )
        explained.action_explain()

    def _yearly(self):
        today = self._today()
        self.by(self.env["itsm.ci.audit"], "engineer2").create(
            {
                "name": self.say("yearly"),
                "kind": "configuration",
                "scope": "all",
                "sample_size": 12,
                "auditor_id": self.user("engineer2").id,
                "date_start": today + timedelta(days=20),
                "date_end": today + timedelta(days=50),
                "company_id": self.company.id,
            }
        )

    def _today(self):
        zone = self.env["itsm.kpi"]._kpi_zone(self.company)
        return local_date(zone, self.now)


def load_audits(env):
    """Create what people did about baselines and audits; nothing is mailed."""
    with Hush(env):
        CiAudits(env).load()

# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Demo data of the control of configuration items: authorisations, what had none."""

from datetime import timedelta

from odoo.fields import Command

from odoo.addons.itsm_base.tools import guard

from .desk_demo import Teller
from .desk_load import Hush

#: Texts by key: English, Chinese.
CONTROL_WORDS = {
    "power": ("Replace a power supply of the host", "更换主机的一个电源"),
    "power_reason": (
        "It reported a fan fault twice last week.",
        "上周两次报告风扇故障。",
    ),
    "firmware": ("New firmware of the firewall", "防火墙固件升级"),
    "firmware_reason": (
        "The manufacturer closes a weakness with it.",
        "厂商以此修复一个漏洞。",
    ),
    "cabling": ("Tidy up the cabling of the second host", "整理第二台主机的布线"),
    "cabling_reason": (
        "Ports and labels no longer agree with the records.",
        "端口和标签与记录已不一致。",
    ),
    "accepted": (
        "Emergency repair at night, agreed by phone; the change was right.",
        "夜间紧急维修,经电话同意;变更是正确的。",
    ),
}


def load_control(env):
    """Create what people did about control; nothing is mailed."""
    with Hush(env):
        ControlPapers(env).load()


class ControlPapers(Teller):
    """An owner asks, a manager approves, and two changes had no authorisation."""

    words = CONTROL_WORDS

    def load(self):
        owner = self.env.ref("itsm_cmdb.itsm_group_ci_owner")
        self.user("engineer").group_ids = [Command.link(owner.id)]
        self._past()
        self._authorisation("firmware", "engineer", "itsm_ci_firewall", 7)
        open_now = self._authorisation("cabling", "manager", "itsm_ci_host_2", 0)
        open_now.with_user(self.user("manager")).action_approve()
        switch = self.ref("itsm_ci_switch_1")
        self._unauthorised(switch, {"version": "15.2(7)E9"})
        repaired = self._unauthorised(
            self.ref("itsm_ci_switch_2"), {"serial": "SW-77230"}
        )
        repaired.with_user(self.user("manager")).action_decide(
            "explained", self.say("accepted")
        )

    def _authorisation(self, key, login, item, days):
        start = self.now + timedelta(days=days, hours=-1)
        # as who asks for it
        authorisations = self.env["itsm.ci.authorisation"]
        return authorisations.with_user(self.user(login)).create(
            {
                "name": self.say(key),
                "reason": self.say(f"{key}_reason"),
                "ci_ids": [Command.link(self.ref(item).id)],
                "company_id": self.company.id,
                "date_start": start,
                "date_end": start + timedelta(hours=9),
            }
        )

    def _past(self):
        """One that was used; its window is over."""
        record = self._authorisation("power", "engineer", "itsm_ci_host_1", -20)
        guard.with_token(record.sudo()).write(  # sudo: what a manager's button writes
            {
                "state": "approved",
                "approved_by_id": self.user("manager").id,
                "approved_at": record.date_start - timedelta(days=1),
            }
        )

    def _unauthorised(self, item, vals):
        """A change of the owner that nobody had authorised."""
        engineer = self.user("engineer")
        item.with_user(engineer).write(vals)
        self.env.flush_all()
        line = self.env["itsm.ci.history"].search(
            [("ci_id", "=", item.id), ("attribute", "in", list(vals))], limit=1
        )
        # nobody sits at the screen here: both say that he did
        line = guard.with_token(line.sudo())  # sudo: written by code only
        line.origin = "screen"
        changes = guard.with_token(self.env["itsm.ci.unauthorised"])
        # under control already, the guard has noted it; once is enough
        noted = changes.search(
            [("ci_id", "=", item.id), ("attribute", "=", line.attribute)]
        )
        if noted:
            noted.write({"origin": line.origin, "history_id": line.id})
            return noted
        # nothing is under control during an installation: written as the guard does
        return changes.create(
            {
                "ci_id": item.id,
                "ci_name": item.name,
                "class_id": item.class_id.id,
                "company_id": self.company.id,
                "time": line.time,
                "user_id": engineer.id,
                "origin": line.origin,
                "attribute": line.attribute,
                "old_value": line.old_value,
                "new_value": line.new_value,
                "history_id": line.id,
            }
        )

# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

# What the stages of helpdesk_mgmt mean. Set by code and not by a data file: a company
# may have changed or deleted a shipped stage, and installing must not fail on that.
SHIPPED_STAGE_STATES = {
    "helpdesk_mgmt.helpdesk_ticket_stage_new": "new",
    "helpdesk_mgmt.helpdesk_ticket_stage_in_progress": "open",
    "helpdesk_mgmt.helpdesk_ticket_stage_awaiting": "paused",
    "helpdesk_mgmt.helpdesk_ticket_stage_done": "closed",
    "helpdesk_mgmt.helpdesk_ticket_stage_cancelled": "cancelled",
    "helpdesk_mgmt.helpdesk_ticket_stage_rejected": "cancelled",
}


def uninstall_hook(env):
    """Leave helpdesk_mgmt as it was: give back the access line that we switched off."""
    line = env.ref(
        "helpdesk_mgmt.access_helpdesk_ticket_stage_public", raise_if_not_found=False
    )
    if line:
        line.active = True


def post_init_hook(env):
    """Prepare configuration only; no ticket is read or written.

    - each company gets its 16 priority rules (INC-07, INC-12);
    - each company gets the processes of the main company (MS-03);
    - the shipped stages of helpdesk_mgmt get their ITSM state, unless the company
      has given them another meaning;
    - the extra stage *Resolved* is archived where tickets exist already, so that
      nobody finds a new column in his board on the first day.
    """
    env["res.company"].search([])._itsm_create_priority_rules()
    env["res.company"].search([])._itsm_create_processes()
    closed_states = env["helpdesk.ticket.stage"]._itsm_closed_states()
    for xmlid, state in SHIPPED_STAGE_STATES.items():
        stage = env.ref(xmlid, raise_if_not_found=False)
        if stage and stage.closed == (state in closed_states):
            stage.itsm_state = state
    tickets = env["helpdesk.ticket"].with_context(active_test=False)
    if tickets.search_count([], limit=1):
        env.ref("itsm_base.helpdesk_ticket_stage_resolved").active = False

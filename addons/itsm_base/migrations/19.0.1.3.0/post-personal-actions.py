# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def migrate(cr, version):
    """Actions of personal meetings are personal.

    They could be opened to everybody before, and were not taken along when a kind of
    meeting became personal.
    """
    if not version:
        return
    cr.execute(
        """
        UPDATE itsm_action action
           SET restricted = TRUE
          FROM itsm_meeting meeting
         WHERE action.res_model = 'itsm.meeting'
           AND action.res_id = meeting.id
           AND meeting.restricted
           AND action.restricted IS NOT TRUE
        """
    )

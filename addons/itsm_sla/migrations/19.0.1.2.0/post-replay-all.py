# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def migrate(cr, version):
    """A replay of all tickets says so; without working times it meant all before."""
    cr.execute(
        """UPDATE itsm_replay
              SET edited = 'all'
            WHERE edited = 'calendar'
              AND NOT EXISTS (SELECT 1
                                FROM itsm_replay_resource_calendar_rel rel
                               WHERE rel.itsm_replay_id = itsm_replay.id)"""
    )

# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Changes that are tracked whatever the caller sends."""

#: Keys of the context by which Odoo leaves tracking out; a remote call can send them.
UNTRACKED = ("tracking_disable", "mail_notrack")


def always_tracked(records):
    """Return *records* whose changes are tracked (MS-29).

    For records where it is evidence who changed what: a context key that anybody can
    send must not hide it.

    :param records: recordset of a model with ``mail.thread``
    :return: the same records; *records* itself if nothing is to be mended
    """
    sent = {name: False for name in UNTRACKED if records.env.context.get(name)}
    return records.with_context(**sent) if sent else records

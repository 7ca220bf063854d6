# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmAgreement(models.Model):
    """What hangs on an agreement: a hook for addons that know contracts."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    def _revenue_parts(self, day):
        """What customers pay for a month under these agreements, in parts.

        Parts have a key of their own, so that one that several agreements share is
        counted once. Whoever asks shows it to those only who may see money.

        :param date day: as of this day
        :return: by id of the agreement: amount (``Fraction``, before taxes) and
            ``res.currency`` by key of the part
        :rtype: dict[int, dict]
        """
        return {}

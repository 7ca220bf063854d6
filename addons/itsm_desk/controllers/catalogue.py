# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

#: The longest search, in characters, and the most words of it that are looked for.
LONGEST, WORDS = 100, 6
#: Where a search looks.
SEARCHED = ("name", "code", "summary", "audience")
#: What one page shows at most: a catalogue that is longer is searched.
MOST = 300


class ItsmCatalogue(CustomerPortal):
    """The service catalogue of the portal: what the visitor is entitled to (CAT-08).

    Anything else gets the same answer as what does not exist.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "itsm_service_count" in counters:
            values["itsm_service_count"] = len(self._entitled_services())
        return values

    @http.route("/my/services", type="http", auth="user", methods=["GET"], website=True)
    def portal_services(self, search="", **_kw):
        """Show the services of the visitor, by family, those often asked for first.

        :param str search: words that all have to be found
        """
        search = search.strip()[:LONGEST] if isinstance(search, str) else ""
        services_sudo = self._entitled_services()
        if search:
            services_sudo = services_sudo.filtered_domain(
                self._search_domain(services_sudo, search)
            )
        total = len(services_sudo)
        services_sudo = services_sudo[:MOST]
        families = services_sudo.grouped(lambda service: service._itsm_family())
        return request.render(
            "itsm_desk.portal_services",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_services",
                "search": search,
                "hot": services_sudo.filtered("is_hot"),
                "families": sorted(
                    families.items(),
                    key=lambda item: (item[0].sequence, item[0].name, item[0].id),
                ),
                "total": total,
                "shown": len(services_sudo),
                "default_url": "/my/services",
            },
        )

    @http.route(
        "/my/services/<int:service_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_service(self, service_id, **_kw):
        """Show one service.

        :param int service_id: id of an ``itsm.service``
        """
        service_sudo = self._entitled_service(service_id)
        partner = request.env.user.partner_id
        return request.render(
            "itsm_desk.portal_service",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_service",
                "service": service_sudo,
                "family": service_sudo._itsm_family(),
                "offerings": self._entitled_offerings(service_sudo),
                "levels": service_sudo._level_summary(partner)[service_sudo.id],
                "hours": service_sudo._itsm_hours_text(),
                "audience": service_sudo._itsm_effective("audience"),
                "delivery": service_sudo._itsm_effective("delivery_method"),
            },
        )

    def _entitled_services(self):
        """The services of the visitor, in sudo: he may not read the catalogue itself.

        :rtype: itsm.service
        """
        services = request.env["itsm.service"]._itsm_entitled(
            request.env.user.partner_id
        )
        return services.sudo()  # sudo: checked just now; the pages name what they show

    def _entitled_service(self, service_id):
        """One service of the visitor, in sudo; else 404.

        :param int service_id: id of an ``itsm.service``
        :rtype: itsm.service
        """
        service = request.env["itsm.service"].browse(service_id)
        # Without an id it would be the whole catalogue.
        found = service and service._itsm_entitled(request.env.user.partner_id)
        if not found:
            raise request.not_found()
        return found.sudo()  # sudo: checked just now; the pages name what they show

    def _entitled_offerings(self, service_sudo):
        """What the visitor can ask for of one of his services, in sudo.

        :param service_sudo: see `_entitled_service`
        :rtype: itsm.service
        """
        offerings_sudo = service_sudo.child_ids
        if offerings_sudo:
            # sudo: just found to be for him
            partner = request.env.user.partner_id
            # sudo: as above
            offerings_sudo = offerings_sudo._itsm_entitled(partner).sudo()
        return offerings_sudo

    def _search_domain(self, services, search):
        """Services that have all the words, themselves or by the name of the family.

        :param services: ``itsm.service``
        :param str search: see `portal_services`
        :rtype: Domain
        """
        domain = Domain.TRUE
        for term in search.split()[:WORDS]:
            domain &= Domain.OR(
                Domain(name, "ilike", term) for name in (*SEARCHED, "parent_id.name")
            )
        return domain

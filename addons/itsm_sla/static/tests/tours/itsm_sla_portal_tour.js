// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

function promise(metric, state) {
    return `.o_itsm_promise[data-metric=${metric}][data-state=${state}]`;
}

// What tests/test_portal.py has made.
registry.category("web_tour.tours").add("itsm_sla_portal", {
    url: "/my/tickets",
    steps: () => [
        {
            content: "The list says by when an answer is promised",
            trigger: `tr:contains(No mail) ${promise("response", "promised")}`,
        },
        {
            trigger: `tr:contains(No mail) ${promise("resolution", "promised")}:contains(Solution by)`,
        },
        {
            content: "Open the ticket",
            trigger: "tr:contains(No mail) a:contains(No mail)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The ticket says the same",
            trigger: `#card_body ${promise("response", "promised")}:contains(Answer promised by)`,
        },
        {
            trigger: `#card_body ${promise("resolution", "promised")}`,
        },
        {
            content: "Write to the desk",
            trigger: "#chatterRoot:shadow .o-mail-Composer-input",
            // the chatter of the portal loads files of its own, and late
            timeout: 40000,
            run: "edit Tour: it still does not work",
        },
        {
            trigger: "#chatterRoot:shadow .o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            trigger: "#chatterRoot:shadow .o-mail-Message:contains(it still does not work)",
        },
        {
            content: "One's own message is no answer of the desk",
            trigger: `#card_body ${promise("response", "promised")}`,
        },
    ],
});

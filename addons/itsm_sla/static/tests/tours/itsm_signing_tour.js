// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// What tests/test_signing_portal.py has made.
registry.category("web_tour.tours").add("itsm_signing_portal", {
    url: "/my/agreements",
    steps: () => [
        {
            content: "the agreement waits for a signature",
            trigger: "tr:contains(To be signed) a:contains(Managed desktop)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the file can be read",
            trigger: "a[name=paper][href$='/paper']",
        },
        {
            content: "nothing is signed before it is read",
            trigger: "body:not(:has(.o_portal_sign_submit)) input[name=has_read]",
            run: "click",
        },
        {
            trigger: "button[name=go_on]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_web_sign_name_and_signature input",
            run: "clear",
        },
        {
            content: "nothing is sent without a name",
            trigger: ".o_portal_sign_submit:disabled",
        },
        {
            trigger: ".o_web_sign_name_and_signature input",
            run: "fill Pat Requester",
        },
        {
            trigger: "canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            content: "sign",
            trigger: ".o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is kept, and cannot be signed twice",
            trigger: "body:not(:has(.o_portal_sign_submit)) .alert-success",
        },
        {
            trigger: "li:contains(Pat Requester)",
        },
    ],
});

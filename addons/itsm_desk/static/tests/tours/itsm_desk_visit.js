// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// What tests/test_visit_tour.py has made: the engineer at the customer's.

const SAVED = "body:not(:has(.modal))";

/** Draw a line on a canvas as a finger does. */
function draw() {
    const { left, top, width, height } = this.anchor.getBoundingClientRect();
    for (const [type, part] of [
        ["pointerdown", 0.2],
        ["pointermove", 0.4],
        ["pointermove", 0.6],
        ["pointerup", 0.8],
    ]) {
        this.anchor.dispatchEvent(
            new PointerEvent(type, {
                bubbles: true,
                button: 0,
                buttons: type === "pointerup" ? 0 : 1,
                cancelable: true,
                clientX: left + width * part,
                clientY: top + height * part,
                isPrimary: true,
                pointerId: 1,
                pointerType: "touch",
                pressure: 0.5,
            })
        );
    }
}

registry.category("web_tour.tours").add("itsm_desk_visit", {
    steps: () => [
        {
            content: "I am here",
            trigger: ".o_statusbar_buttons button[name=action_arrive]",
            run: "click",
        },
        {
            content: "What was done",
            trigger: ".o_field_widget[name=work_done] textarea",
            run: "edit Changed the router",
        },
        {
            content: "I go",
            trigger: ".o_statusbar_buttons button[name=action_leave]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_sign]",
        },
        {
            content: "The customer writes the name",
            trigger: ".o_field_widget[name=signed_by] input",
            run: "edit Ms Customer",
        },
        {
            content: "The customer takes the telephone",
            trigger: ".o_field_widget[name=signature] .o_signature",
            run: "click",
        },
        {
            content: "and signs with the finger",
            trigger: ".modal canvas.o_web_sign_signature",
            run: draw,
        },
        {
            trigger: ".modal footer .btn-primary:enabled",
            run: "click",
        },
        {
            trigger: `${SAVED} .o_field_widget[name=signature] img`,
        },
        {
            content: "Seal it",
            trigger: `${SAVED} .o_statusbar_buttons button[name=action_sign]`,
            run: "click",
        },
        {
            content: "After that nobody can change it",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            trigger: `${SAVED} .o_field_widget[name=seal]:contains(As it was signed)`,
        },
    ],
});

registry.category("web_tour.tours").add("itsm_desk_proposal", {
    steps: () => [
        {
            content: "Who should take it, and why",
            trigger: ".o_itsm_proposal:contains(on shift until)",
        },
        {
            trigger: ".o_itsm_proposal button[name=action_accept_proposal]",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(.o_itsm_proposal:visible))",
        },
    ],
});

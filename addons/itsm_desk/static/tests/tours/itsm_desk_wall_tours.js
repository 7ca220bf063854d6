// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// What tests/test_pace_tour.py has made.

const count = (key, figure) =>
    `.o_itsm_wall .o_itsm_wall_tile[data-key=${key}] .o_itsm_wall_count:contains(/^${figure}$/)`;

registry.category("web_tour.tours").add("itsm_desk_wall", {
    steps: () => [
        {
            content: "Only this team",
            trigger: ".o_itsm_wall select[name=team]",
            run: "selectByLabel Wall team",
        },
        {
            content: "Three are open",
            trigger: count("open", 3),
        },
        {
            content: "A sign and a word beside the colour",
            trigger:
                ".o_itsm_wall_tile[data-key=unassigned].o_itsm_wall_warning:contains(To be taken) .fa-exclamation-circle",
        },
        {
            content: "The chart is drawn",
            trigger: ".o_itsm_wall_chart canvas",
            run() {
                if (!document.querySelector(".o_itsm_wall_chart canvas").width) {
                    throw new Error("no chart");
                }
            },
        },
        {
            content: "Whom they wait for",
            trigger: ".o_itsm_wall_tile[data-key=unassigned]",
            run: "click",
        },
        {
            content: "The list behind the figure",
            trigger: ".o_list_view .o_data_row:contains(Pace one)",
            run() {
                const rows = document.querySelectorAll(".o_list_view .o_data_row").length;
                if (rows !== 2) {
                    throw new Error(`${rows} rows, not 2`);
                }
            },
        },
        {
            content: "Back: the team is still chosen",
            trigger: ".o_back_button a, .breadcrumb-item a:contains(Wall Screen)",
            run: "click",
        },
        {
            trigger: count("open", 3),
        },
        {
            content: "A bar opens its list",
            trigger: ".o_itsm_wall article[data-key=ages] button[data-key='0']",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Pace two)",
        },
        {
            trigger: ".breadcrumb-item a:contains(Wall Screen)",
            run: "click",
        },
        {
            content: "A light ground for a light room",
            trigger: ".o_itsm_wall_dark button[name=dark]",
            run: "click",
        },
        {
            trigger: ".o_itsm_wall:not(.o_itsm_wall_dark)",
        },
    ],
});

registry.category("web_tour.tours").add("itsm_desk_wall_laptop", {
    steps: () => [
        {
            content: "Nothing is cut off",
            trigger: ".o_itsm_wall article[data-key=teams] th:contains(late)",
            run() {
                for (const article of document.querySelectorAll(".o_itsm_wall article")) {
                    if (article.scrollWidth > article.clientWidth) {
                        throw new Error(
                            `${article.dataset.key}: ${article.scrollWidth} of ${article.clientWidth}`
                        );
                    }
                }
            },
        },
    ],
});

// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { downloadFile } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";

import { GraphCanvas } from "./graph_canvas";
import { bytesOf } from "./graph_shapes";

/** More than so many of one class behind one node become one, unless told otherwise. */
const GROUP = 12;
const TYPES = { svg: "image/svg+xml", pdf: "application/pdf" };

/** What the address says about the graph, for a page that is loaded again. */
function fromAddress(state) {
    const ids = String(state.ci_ids || "")
        .split(",")
        .map(Number)
        .filter((id) => Number.isInteger(id) && id > 0);
    return {
        ci_ids: ids,
        direction: state.direction === "up" ? "up" : "down",
        depth: Number(state.depth) || 0,
        date: state.date || false,
        group: /^\d+$/.test(state.group ?? "") ? Number(state.group) : undefined,
    };
}

/**
 * The impact graph: what fails with some configuration items, or what they may fail
 * with, as a picture that one moves, filters and opens.
 */
export class ItsmCiGraph extends Component {
    static template = "itsm_cmdb.ItsmCiGraph";
    static components = { GraphCanvas, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.card = useRef("card");
        this.display = { controlPanel: {} };
        const kept = this.props.state?.itsm_ci_graph;
        const params = this.props.action.params || {};
        const asked = params.ci_ids ? params : fromAddress(router.current);
        this.choice = useState(
            kept?.choice || {
                ci_ids: asked.ci_ids || [],
                direction: asked.direction || "down",
                depth: asked.depth || 0,
                date: asked.date || false,
                group: asked.group ?? GROUP,
                hidden: [],
                opened: [],
            }
        );
        this.state = useState({ drawing: 0, chosen: null, details: null, busy: false });
        this.control = {};
        this.onSelect = (index) => this.select(index);
        this.onTickets = (node) => this.openTickets(node);
        this.onTitle = _t("Drawn: click to leave them out");
        this.offTitle = _t("Left out: click to draw them");
        this.graph = null;
        this.view = kept?.view || null;
        this.asked = 0;
        useSetupAction({
            getLocalState: () => ({
                itsm_ci_graph: {
                    choice: JSON.parse(JSON.stringify(this.choice)),
                    view: this.control.view?.(),
                },
            }),
        });
        onWillStart(() => this.load(true));
        useEffect(
            (chosen) => {
                if (chosen !== null) {
                    this.card.el?.focus({ preventScroll: true });
                }
            },
            () => [this.state.chosen]
        );
    }

    get options() {
        const { direction, depth, date, group, hidden, opened } = this.choice;
        return { direction, depth, date, group, hidden: [...hidden], opened: [...opened] };
    }

    /** Read the graph anew; what is drawn fits the screen unless one comes back. */
    async load(isFirst = false) {
        this.tellAddress();
        if (!this.choice.ci_ids.length) {
            return;
        }
        const asked = ++this.asked;
        const graph = await this.orm.call("itsm.ci", "read_graph", [
            [...this.choice.ci_ids],
            this.options,
        ]);
        if (asked !== this.asked) {
            return; // something else was chosen meanwhile
        }
        if (!isFirst) {
            this.view = null;
        }
        this.state.chosen = null;
        this.state.details = null;
        this.env.config.setDisplayName?.(graph.title);
        // not reactive: thousands of nodes are only read
        this.graph = graph;
        this.state.drawing++;
    }

    tellAddress() {
        this.props.updateActionState?.({
            ci_ids: this.choice.ci_ids.join(","),
            direction: this.choice.direction,
            depth: this.choice.depth || undefined,
            date: this.choice.date || undefined,
            group: this.choice.group === GROUP ? undefined : this.choice.group,
        });
    }

    // === What is chosen ===

    setDirection(direction) {
        this.choice.direction = direction;
        this.choice.opened = [];
        return this.load();
    }

    setDepth(value) {
        this.choice.depth = Math.max(0, Math.floor(Number(value)) || 0);
        return this.load();
    }

    setGroup(value) {
        this.choice.group = Math.max(0, Math.floor(Number(value)) || 0);
        this.choice.opened = [];
        return this.load();
    }

    toggleClass(id) {
        const hidden = this.choice.hidden;
        this.choice.hidden = hidden.includes(id) ? hidden.filter((one) => one !== id) : [...hidden, id];
        return this.load();
    }

    showAll() {
        this.choice.hidden = [];
        return this.load();
    }

    closeGroups() {
        this.choice.opened = [];
        return this.load();
    }

    // === One node ===

    async select(index) {
        const { nodes, redundancies } = this.graph;
        if (index === null) {
            this.state.chosen = this.state.details = null;
            return;
        }
        if (index >= nodes.length) {
            const redundancy = redundancies[index - nodes.length];
            this.state.details = { redundancy };
            this.state.chosen = index;
            return;
        }
        const node = nodes[index];
        if (node.count > 1) {
            this.choice.opened = [...this.choice.opened, node.id];
            return this.load();
        }
        const [values] = await this.orm.read(
            "itsm.ci",
            [node.id],
            ["name", "number", "class_id", "state", "owner_id"]
        );
        this.state.details = { node, ...values };
        this.state.chosen = index;
    }

    get stateName() {
        return this.graph.states[this.state.details.state];
    }

    onCardKeydown(ev) {
        if (ev.key === "Escape") {
            ev.stopPropagation();
            this.closeCard();
        }
    }

    closeCard() {
        const index = this.state.chosen;
        this.state.chosen = this.state.details = null;
        this.control.unmark?.();
        this.control.focus?.(index);
    }

    openItem(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "itsm.ci",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    impactFrom(id) {
        return this.action.doActionButton({
            type: "object",
            name: "action_graph",
            resModel: "itsm.ci",
            resId: id,
            resIds: [id],
            args: JSON.stringify([{ direction: this.choice.direction, date: this.choice.date }]),
            context: {},
        });
    }

    openTickets(node) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Open Tickets: %s", node.name),
            res_model: "helpdesk.ticket",
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain: [["id", "in", node.tickets]],
        });
    }

    openList() {
        return this.action.doActionButton({
            type: "object",
            name: "action_impact",
            resModel: "itsm.ci",
            resIds: [...this.choice.ci_ids],
            resId: this.choice.ci_ids[0],
            context: {},
        });
    }

    // === Taking it along ===

    async save(kind) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            const file = await this.orm.call("itsm.ci", "print_graph", [
                [...this.choice.ci_ids],
                this.options,
                kind,
            ]);
            downloadFile(new Blob([bytesOf(file.content)], { type: TYPES[kind] }), file.name, TYPES[kind]);
        } finally {
            this.state.busy = false;
        }
    }
}

registry.category("actions").add("itsm_ci_graph", ItsmCiGraph);

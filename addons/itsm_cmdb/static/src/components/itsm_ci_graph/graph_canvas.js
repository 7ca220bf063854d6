// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";

import { Component, onMounted, onWillUnmount, useExternalListener, useRef } from "@odoo/owl";

import {
    FAR,
    HEIGHT,
    ROUND,
    WIDTH,
    fit,
    neighbour,
    pathsAt,
    pathsOf,
    shiftOf,
    verticesOf,
    zoomAt,
} from "./graph_shapes";

/** Pixels by which the pointer moves before it is a drag and no click. */
const DRAG = 4;
/** Milliseconds after the last turn of the wheel in which it is painted anew. */
const REST = 150;

/**
 * The picture itself. Drawn once for a graph: moving changes one transform of one layer,
 * outside of OWL; it is painted anew when it rests. No node has a transform of its own:
 * the browser would put together thousands of layers for each frame.
 */
export class GraphCanvas extends Component {
    static template = "itsm_cmdb.GraphCanvas";
    static props = {
        graph: Object,
        view: { type: [Object, { value: null }] },
        onSelect: Function,
        onTickets: Function,
        control: Object,
    };

    setup() {
        this.root = useRef("root");
        this.plane = useRef("plane");
        this.content = useRef("content");
        this.marks = useRef("marks");
        this.sizes = { WIDTH, HEIGHT, ROUND };
        this.take(this.props.graph);
        this.view = this.props.view || { scale: 1, x: 0, y: 0 };
        Object.assign(this.props.control, {
            fit: () => this.fit(),
            zoom: (factor) => this.zoom(factor),
            view: () => ({ ...this.view }),
            focus: (index) => this.focus(index),
            unmark: () => this.mark(null),
        });
        this.held = null;
        onMounted(() => {
            this.shift = this.plane.el.animate([{ transform: "none" }, { transform: "none" }], {
                duration: 1,
                fill: "forwards",
            });
            this.shift.pause();
            if (this.props.view) {
                this.paint();
            } else {
                this.fit();
            }
        });
        onWillUnmount(() => browser.clearTimeout(this.resting));
        useExternalListener(window, "resize", () => this.paint());
        useExternalListener(window, "pointermove", (ev) => this.drag(ev));
        useExternalListener(window, "pointerup", (ev) => this.release(ev));
        useExternalListener(window, "pointercancel", () => this.release());
    }

    take(graph) {
        this.vertices = verticesOf(graph);
        this.paths = pathsOf(graph);
        this.classes = Object.fromEntries(graph.classes.map((row) => [row.id, row]));
    }

    // === What is said ===

    classOf(node) {
        return this.classes[node.class];
    }

    describe(node) {
        const ci_class = this.classOf(node);
        const parts = [`${ci_class.name}: ${node.name}`];
        if (node.count === 1 && node.number) {
            parts.push(node.number);
        }
        parts.push(node.root ? _t("it begins here") : _t("level %s", node.level));
        if (node.tickets.length) {
            parts.push(_t("open tickets: %s", node.tickets.length));
        }
        return parts.join(", ");
    }

    get label() {
        const { nodes, redundancies } = this.props.graph;
        return _t(
            "Impact graph: %(nodes)s nodes, %(redundancies)s redundancies. The arrow keys go from node to node, Enter shows one.",
            { nodes: nodes.length, redundancies: redundancies.length }
        );
    }

    ticketLabel(node) {
        return _t("Open tickets: %s", node.tickets.length);
    }

    // === Moving ===

    get room() {
        const box = this.root.el.getBoundingClientRect();
        return { width: box.width, height: box.height, left: box.left, top: box.top };
    }

    fit() {
        this.view = fit(this.props.graph.size, this.room);
        this.paint();
    }

    zoom(factor, point) {
        const room = this.room;
        this.view = zoomAt(this.view, factor, point || { x: room.width / 2, y: room.height / 2 });
        this.move();
        browser.clearTimeout(this.resting);
        this.resting = browser.setTimeout(() => this.paint(), REST);
    }

    /** Paint anew for the present view, with half a screen more at each side. */
    paint() {
        browser.clearTimeout(this.resting);
        if (!this.plane.el) {
            return;
        }
        const { width, height } = this.room;
        this.painted = { ...this.view, left: width / 2, top: height / 2 };
        const { scale, x, y } = this.view;
        this.content.el.setAttribute(
            "transform",
            `translate(${x + width / 2} ${y + height / 2}) scale(${scale})`
        );
        this.root.el.classList.toggle("o_itsm_ci_graph_far", scale < FAR);
        this.shift.effect.setKeyframes([{ transform: "none" }, { transform: "none" }]);
    }

    /**
     * Move what is painted, by one transform of one layer.
     *
     * As an animation that stands still: a change of the attribute “style” lets the
     * browser look at the style of every element again, for the sake of rules of Odoo
     * that ask for it.
     */
    move() {
        const { transform, isFar } = shiftOf(this.painted, this.view);
        this.shift.effect.setKeyframes([{ transform }, { transform }]);
        if (isFar) {
            this.paint();
        }
    }

    onWheel(ev) {
        ev.preventDefault();
        const room = this.room;
        const step = ev.deltaMode ? ev.deltaY * 20 : ev.deltaY;
        this.zoom(Math.exp(-Math.max(-200, Math.min(200, step)) / 500), {
            x: ev.clientX - room.left,
            y: ev.clientY - room.top,
        });
    }

    onPointerdown(ev) {
        if (ev.button === 0) {
            this.held = { x: ev.clientX, y: ev.clientY, view: this.view, target: ev.target };
        }
    }

    drag(ev) {
        if (!this.held) {
            return;
        }
        const x = ev.clientX - this.held.x;
        const y = ev.clientY - this.held.y;
        if (!this.held.isDrag && Math.hypot(x, y) < DRAG) {
            return;
        }
        this.held.isDrag = true;
        this.view = { ...this.held.view, x: this.held.view.x + x, y: this.held.view.y + y };
        this.move();
    }

    release() {
        this.wasDrag = Boolean(this.held?.isDrag);
        this.held = null;
        if (this.wasDrag) {
            this.paint();
        }
    }

    onClick(ev) {
        if (this.wasDrag) {
            this.wasDrag = false;
            return;
        }
        const index = this.indexOf(ev.target);
        if (index === null) {
            return this.select(null);
        }
        const node = this.vertices[index];
        if (ev.target.closest(".o_itsm_ci_graph_badge")) {
            return this.props.onTickets(node);
        }
        return this.select(index);
    }

    indexOf(target) {
        const element = target.closest?.("[data-index]");
        return element ? Number(element.dataset.index) : null;
    }

    select(index) {
        this.mark(index);
        this.props.onSelect(index);
    }

    /** Show the lines of one node. */
    mark(index) {
        const [lines, points, frame] = this.marks.el.children;
        const paths = index === null ? {} : pathsAt(this.props.graph, index);
        lines.setAttribute("d", paths.lines || "");
        points.setAttribute("d", paths.points || "");
        if (index === null) {
            frame.setAttribute("visibility", "hidden");
        } else {
            const { x, y, half } = this.vertices[index];
            const height = index < this.props.graph.nodes.length ? HEIGHT : ROUND;
            frame.setAttribute("visibility", "visible");
            frame.setAttribute("x", x - half - 5);
            frame.setAttribute("y", y - height / 2 - 5);
            frame.setAttribute("width", 2 * half + 10);
            frame.setAttribute("height", height + 10);
        }
    }

    // === Keys ===

    onKeydown(ev) {
        const index = this.indexOf(ev.target);
        if (ev.key.startsWith("Arrow") && index !== null) {
            ev.preventDefault();
            this.focus(neighbour(this.vertices, index, ev.key));
        } else if ((ev.key === "Enter" || ev.key === " ") && index !== null) {
            ev.preventDefault();
            this.select(index);
        } else if (ev.key === "t" && this.vertices[index]?.tickets?.length) {
            this.props.onTickets(this.vertices[index]);
        } else if (ev.key === "+" || ev.key === "-") {
            this.zoom(ev.key === "+" ? 1.25 : 0.8);
        } else if (ev.key === "0") {
            this.fit();
        } else if (ev.key === "Escape" && index !== null) {
            this.select(null);
        }
    }

    /** Make a node the one that Tab finds, and bring it into sight. */
    focus(index) {
        const nodes = this.plane.el.querySelectorAll("[data-index]");
        for (const node of this.plane.el.querySelectorAll("[tabindex='0']")) {
            node.setAttribute("tabindex", "-1");
        }
        const node = [...nodes].find((one) => Number(one.dataset.index) === index);
        if (!node) {
            return;
        }
        node.setAttribute("tabindex", "0");
        node.focus({ preventScroll: true });
        const { x, y } = this.vertices[index];
        const room = this.room;
        const at = { x: this.view.x + x * this.view.scale, y: this.view.y + y * this.view.scale };
        const edge = 100;
        const shift = (value, size) =>
            value < edge ? edge - value : value > size - edge ? size - edge - value : 0;
        this.view = {
            ...this.view,
            x: this.view.x + shift(at.x, room.width),
            y: this.view.y + shift(at.y, room.height),
        };
        this.paint();
    }
}

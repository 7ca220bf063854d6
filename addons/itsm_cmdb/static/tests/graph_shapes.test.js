// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { describe, expect, test } from "@odoo/hoot";

import {
    fit,
    neighbour,
    pathsAt,
    pathsOf,
    shiftOf,
    zoomAt,
} from "@itsm_cmdb/components/itsm_ci_graph/graph_shapes";

describe.current.tags("headless");

const graph = {
    nodes: [
        { x: 100, y: 50 },
        { x: 400, y: 50 },
        { x: 400, y: 150 },
    ],
    redundancies: [{ x: 700, y: 100 }],
    edges: [
        [0, 1, "plain", "M1"],
        [0, 2, "plain", "M2"],
        [1, 3, "standby", "M3"],
        [2, 3, "standby", "M4"],
    ],
};

test("one path of lines and one of points for each style", () => {
    expect(pathsOf(graph)).toEqual([
        { style: "plain", lines: "M1M2", points: "M304 50l-8 -4v8zM304 150l-8 -4v8z" },
        { style: "standby", lines: "M3M4", points: "M680 100l-8 -4v8z" },
    ]);
});

test("the lines of one node", () => {
    expect(pathsAt(graph, 1).lines).toBe("M1M3");
});

test("a small picture is not enlarged, a large one fits", () => {
    expect(fit([100, 100], { width: 1000, height: 500 })).toEqual({ scale: 1, x: 450, y: 200 });
    expect(fit([824, 100], { width: 500, height: 500 }).scale).toBe(0.5);
});

test("what is under the pointer stays there", () => {
    const view = zoomAt({ scale: 1, x: 10, y: 20 }, 2, { x: 110, y: 220 });
    expect(view).toEqual({ scale: 2, x: -90, y: -180 });
});

test("what is painted is moved to where the view has it", () => {
    const painted = { scale: 1, x: 10, y: 10, left: 500, top: 300 };
    expect(shiftOf(painted, { scale: 1, x: 60, y: 0 })).toEqual({
        transform: "translate(50px, -10px) scale(1)",
        isFar: false,
    });
    expect(shiftOf(painted, { scale: 1, x: 511, y: 10 }).isFar).toBe(true);
});

test("arrow keys go to what lies ahead", () => {
    expect(neighbour(graph.nodes, 0, "ArrowRight")).toBe(1);
    expect(neighbour(graph.nodes, 1, "ArrowDown")).toBe(2);
    expect(neighbour(graph.nodes, 0, "ArrowLeft")).toBe(0);
});

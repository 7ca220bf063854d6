// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

/** Sizes as the server lays them out (tools/graph_layout.py). */
export const WIDTH = 192;
export const HEIGHT = 42;
export const ROUND = 40;
/** Below this scale texts cannot be read and are not drawn. */
export const FAR = 0.42;
const MIN_SCALE = 0.03;
const MAX_SCALE = 2.5;
const MARGIN = 44;

/** All that lines lead to, in the order by which lines know them. */
export function verticesOf(graph) {
    return [
        ...graph.nodes.map((node) => ({ ...node, half: WIDTH / 2 })),
        ...graph.redundancies.map((node) => ({ ...node, half: ROUND / 2 })),
    ];
}

/** Points of lines: one where lines arrive, however many do. */
function pointsOf(edges, vertices) {
    const ends = new Set(edges.map((edge) => edge[1]));
    return [...ends]
        .map((end) => `M${vertices[end].x - vertices[end].half} ${vertices[end].y}l-8 -4v8z`)
        .join("");
}

/** One path of lines and one of their points for each style: `[{style, lines, points}]`. */
export function pathsOf(graph) {
    const vertices = verticesOf(graph);
    const styles = new Map();
    for (const edge of graph.edges) {
        if (!styles.has(edge[2])) {
            styles.set(edge[2], []);
        }
        styles.get(edge[2]).push(edge);
    }
    return [...styles].map(([style, edges]) => ({
        style,
        lines: edges.map((edge) => edge[3]).join(""),
        points: pointsOf(edges, vertices),
    }));
}

/** The lines that begin or end at a vertex, as `pathsOf` has them. */
export function pathsAt(graph, index) {
    const edges = graph.edges.filter((edge) => edge[0] === index || edge[1] === index);
    return {
        lines: edges.map((edge) => edge[3]).join(""),
        points: pointsOf(edges, verticesOf(graph)),
    };
}

/** Scale and shift that show the whole picture; a small one is not enlarged. */
export function fit(size, room) {
    const scale = Math.max(
        MIN_SCALE,
        Math.min(1, (room.width - 2 * MARGIN) / size[0], (room.height - 2 * MARGIN) / size[1])
    );
    return {
        scale,
        x: (room.width - size[0] * scale) / 2,
        y: (room.height - size[1] * scale) / 2,
    };
}

/** Enlarge by a factor around a point of the screen, which stays where it is. */
export function zoomAt(view, factor, point) {
    const scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, view.scale * factor));
    const ratio = scale / view.scale;
    return {
        scale,
        x: point.x - (point.x - view.x) * ratio,
        y: point.y - (point.y - view.y) * ratio,
    };
}

/**
 * How what was painted for one view is moved to show another.
 *
 * @param {Object} painted scale, x, y, and left and top: how much more was painted
 * @param {Object} view
 * @returns {Object} transform, and whether one sees beyond what was painted
 */
export function shiftOf(painted, view) {
    const ratio = view.scale / painted.scale;
    const x = view.x + painted.left - ratio * (painted.x + painted.left);
    const y = view.y + painted.top - ratio * (painted.y + painted.top);
    return {
        transform: `translate(${x}px, ${y}px) scale(${ratio})`,
        isFar: ratio === 1 && (Math.abs(x) > painted.left || Math.abs(y) > painted.top),
    };
}

/** The vertex next to one in the direction of an arrow key, or the same. */
export function neighbour(vertices, index, key) {
    const from = vertices[index];
    const [ax, ay] = {
        ArrowRight: [1, 0],
        ArrowLeft: [-1, 0],
        ArrowDown: [0, 1],
        ArrowUp: [0, -1],
    }[key];
    let best = index;
    let least = Infinity;
    vertices.forEach((to, number) => {
        const along = (to.x - from.x) * ax + (to.y - from.y) * ay;
        const aside = Math.abs((to.x - from.x) * ay) + Math.abs((to.y - from.y) * ax);
        // what lies ahead, rather straight on than near
        if (number !== index && along > 1 && along + 3 * aside < least) {
            least = along + 3 * aside;
            best = number;
        }
    });
    return best;
}

/** Bytes of a text in base64. */
export function bytesOf(base64) {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

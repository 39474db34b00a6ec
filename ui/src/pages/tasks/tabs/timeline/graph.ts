import type { Schema, TaskStatus, TaskView } from "~/platform/operations";
import { keyOf, refOf, type TaskRef } from "~/state/keys";

export type Node = TaskRef & { key: string; status?: TaskStatus | null; isThis?: boolean };
/** `starts`: a run of one started the other; `waits`: the other waits for the one. */
export type Edge = { from: string; to: string; kind: "starts" | "waits" };
export type Graph = { nodes: Node[]; edges: Edge[] };

type Tree = Schema<"TreeView">;
type Relations = Schema<"Relations">;

/** What a task belongs to: who started it, what it waits for, what waits for it, what it started. */
export function graphOf(task: TaskView, relations: Relations | undefined, tree: Tree | undefined): Graph {
  const nodes = new Map<string, Node>();
  const edges: Edge[] = [];
  const node = (ref: TaskRef & { status?: TaskStatus | null }, isThis = false) => {
    const key = keyOf(ref);
    if (!nodes.has(key))
      nodes.set(key, { project: ref.project, task: ref.task, key, status: ref.status, isThis });
    return key;
  };
  const mine = node(task, true);
  if (task.parent_task) edges.push({ from: node(refOf(task.parent_task)), to: mine, kind: "starts" });
  for (const each of relations?.depends_on ?? []) edges.push({ from: node(each), to: mine, kind: "waits" });
  for (const each of relations?.needed_by ?? []) edges.push({ from: mine, to: node(each), kind: "waits" });
  const add = (parent: string, children: readonly Tree[]) => {
    for (const child of children) {
      const isKnown = nodes.has(keyOf(child));
      const key = node(child);
      edges.push({ from: parent, to: key, kind: "starts" });
      if (!isKnown) add(key, child.children);
    }
  };
  add(mine, tree?.children ?? []);
  return { nodes: [...nodes.values()], edges };
}

export type Placed = { node: Node; layer: number; row: number };

/** Nodes in layers, each behind all that lead to it; within a layer beside those that they are tied to. */
export function placed({ nodes, edges }: Graph): Placed[] {
  const layers = layersOf(nodes, edges);
  const byLayer: Node[][] = [];
  for (const node of nodes) {
    const layer = layers.get(node.key) ?? 0;
    byLayer[layer] ??= [];
    byLayer[layer].push(node);
  }
  const rows = new Map<string, number>();
  for (const [layer, members] of byLayer.entries()) {
    const wish = (node: Node) => {
      const before = edges
        .filter((edge) => edge.to === node.key)
        .flatMap((edge) => rows.get(edge.from) ?? []);
      return before.length > 0 ? before.reduce((sum, row) => sum + row, 0) / before.length : 0;
    };
    // A layer that nothing leads to stands as it was told.
    const sorted = layer === 0 ? members : members.toSorted((a, b) => wish(a) - wish(b));
    for (const [row, node] of sorted.entries()) rows.set(node.key, row);
  }
  return nodes.map((node) => ({
    node,
    layer: layers.get(node.key) ?? 0,
    row: rows.get(node.key) ?? 0,
  }));
}

function layersOf(nodes: readonly Node[], edges: readonly Edge[]): Map<string, number> {
  const layers = new Map(nodes.map((node) => [node.key, 0]));
  // A ring would push its nodes on without end: no way is longer than there are nodes.
  for (let turn = 0; turn < nodes.length; turn += 1) {
    let isMoved = false;
    for (const { from, to } of edges) {
      const least = (layers.get(from) ?? 0) + 1;
      if ((layers.get(to) ?? 0) >= least || least >= nodes.length) continue;
      layers.set(to, least);
      isMoved = true;
    }
    if (!isMoved) break;
  }
  // What only leads on stands just before what it leads to.
  for (const { key } of nodes) {
    if (edges.some((edge) => edge.to === key)) continue;
    const next = edges.filter((edge) => edge.from === key).map((edge) => layers.get(edge.to) ?? 1);
    if (next.length > 0) layers.set(key, Math.max(0, Math.min(...next) - 1));
  }
  return layers;
}

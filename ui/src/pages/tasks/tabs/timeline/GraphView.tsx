import { useId, useMemo } from "react";
import { cx, State } from "~/look";
import { Link, toTask } from "~/route";
import { useTask } from "~/state/hooks";
import { statusWord, taskName } from "~/words";
import { reading } from "~/words/en.reading";
import css from "./GraphView.module.css";
import { type Graph, type Node, type Placed, placed } from "./graph";

const WIDTH = 176;
const HEIGHT = 32;
const ACROSS = WIDTH + 56;
const DOWN = HEIGHT + 10;
/** Nodes of a layer that are drawn. */
const MOST = 10;

/** Tasks as boxes, in layers; lines say who started whom and who waits for whom. */
export function GraphView({ graph }: { graph: Graph }) {
  const id = useId();
  const all = useMemo(() => placed(graph), [graph]);
  const shown = all.filter(({ row }) => row < MOST);
  const at = new Map(shown.map((each) => [each.node.key, each]));
  const layers = 1 + Math.max(...all.map(({ layer }) => layer));
  const rows = 1 + Math.max(...shown.map(({ row }) => row));
  const hidden = Array.from({ length: layers }, (_, layer) => {
    return all.filter((each) => each.layer === layer && each.row >= MOST).length;
  });
  const isMore = hidden.some((count) => count > 0);
  return (
    <div className={css.frame}>
      <div
        className={css.graph}
        style={{ width: (layers - 1) * ACROSS + WIDTH, height: rows * DOWN + (isMore ? 24 : 0) }}
      >
        <svg className={css.edges} width="100%" height="100%" aria-hidden="true">
          <marker id={id} viewBox="0 0 6 6" refX={6} refY={3} markerWidth={6} markerHeight={6} orient="auto">
            <path d="M0 0l6 3-6 3z" className={css.head} />
          </marker>
          {graph.edges.map(({ from, to, kind }) => {
            const [a, b] = [at.get(from), at.get(to)];
            if (!a || !b) return null;
            return (
              <path
                key={`${from}${to}${kind}`}
                d={curve(a, b)}
                markerEnd={`url(#${id})`}
                className={cx(css.edge, kind === "waits" && css.waits)}
              />
            );
          })}
        </svg>
        {shown.map(({ node, layer, row }) => (
          <NodeView key={node.key} node={node} left={layer * ACROSS} top={row * DOWN} />
        ))}
        {hidden.map(
          (count, layer) =>
            count > 0 && (
              // biome-ignore lint/suspicious/noArrayIndexKey: layers have no other name.
              <span key={layer} className={css.more} style={{ left: layer * ACROSS, top: MOST * DOWN - 6 }}>
                {reading.time.more(count)}
              </span>
            ),
        )}
      </div>
    </div>
  );
}

/** What the lines mean. */
export function GraphKey() {
  return (
    <div className={css.key}>
      {(["starts", "waits"] as const).map((kind) => (
        <span key={kind}>
          <svg width={22} height={6} aria-hidden="true">
            <path d="M0 3h22" className={cx(css.edge, kind === "waits" && css.waits)} />
          </svg>
          {kind === "starts" ? reading.time.starts : reading.time.waitsFor}
        </span>
      ))}
    </div>
  );
}

function NodeView({ node, left, top }: { node: Node; left: number; top: number }) {
  const status = useTask(node)?.status ?? node.status;
  const name = taskName(node.task);
  return (
    <Link
      to={toTask(node.project, node.task, "timeline")}
      aria-current={node.isThis || undefined}
      title={[name, status ? statusWord(status) : reading.time.gone].join(": ")}
      className={cx(css.node, node.isThis && css.this, !status && css.gone)}
      style={{ left, top }}
    >
      {status && <State status={status} />}
      <span>{name}</span>
    </Link>
  );
}

function curve(a: Placed, b: Placed): string {
  const [x1, y1] = [a.layer * ACROSS + WIDTH, a.row * DOWN + HEIGHT / 2];
  const [x2, y2] = [b.layer * ACROSS - 2, b.row * DOWN + HEIGHT / 2];
  const middle = (x1 + x2) / 2;
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
}

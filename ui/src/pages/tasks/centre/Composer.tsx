import { lazy, Suspense } from "react";
import type { TaskView } from "~/platform/operations";
import { useMayChange } from "~/state/hooks";
import css from "./Composer.module.css";

const ComposerBox = lazy(() => import("./composer/ComposerBox"));

/** What a person says to the open task. */
export function Composer({ task }: { task: TaskView }) {
  if (!useMayChange()) return null;
  return (
    <Suspense fallback={<div className={css.place} />}>
      <ComposerBox task={task} />
    </Suspense>
  );
}

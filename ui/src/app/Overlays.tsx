import { lazy, Suspense, useEffect, useState } from "react";
import { overlay, question, taskDialog } from "~/actions/overlay";
import { Confirm, toastProblem } from "~/look";
import { useReadable } from "~/state/store";

const Palette = lazy(() => import("./Palette"));
const KeysPage = lazy(() => import("./KeysPage"));
const TaskDialogs = lazy(() => import("./dialogs"));

/** What lies over the page. */
export function Overlays() {
  const shown = useReadable(overlay);
  const dialog = useReadable(taskDialog);
  const close = () => overlay.set(undefined);
  useEffect(() => {
    // Back leads away from what was asked about.
    const leave = () => {
      for (const each of [overlay, taskDialog, question]) each.set(undefined);
    };
    window.addEventListener("popstate", leave);
    return () => window.removeEventListener("popstate", leave);
  }, []);
  return (
    <>
      <Suspense fallback={null}>
        {shown === "palette" && <Palette onClose={close} />}
        {shown === "keys" && <KeysPage onClose={close} />}
        {dialog && <TaskDialogs />}
      </Suspense>
      <SecondStep />
    </>
  );
}

function SecondStep() {
  const asked = useReadable(question);
  const [isPending, setPending] = useState(false);
  if (!asked) return null;
  const done = async () => {
    setPending(true);
    await asked.run().catch(toastProblem);
    setPending(false);
    question.set(undefined);
  };
  return (
    <Confirm
      {...asked}
      pending={isPending}
      onConfirm={() => void done()}
      onClose={() => question.set(undefined)}
    />
  );
}

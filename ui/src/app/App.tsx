import { lazy, Suspense, useEffect } from "react";
import { Boundary, Button, EmptyState, Skeleton, Toasts } from "~/look";
import { NARROW, useMedia } from "~/look/media";
import { navigate, useRoute } from "~/route";
import { AppProvider, type AppState } from "~/state/app";
import { useAccess } from "~/state/hooks";
import { en } from "~/words";
import css from "./App.module.css";
import { BottomBar } from "./BottomBar";
import { Heal } from "./Heal";
import { Overlays } from "./Overlays";
import { PAGES } from "./pages";
import { Strip } from "./Strip";
import { announced, sayKept, sayMissing, setTable, useKeys } from "./setup";

const AccessGate = lazy(() => import("./AccessGate"));

setTable();

/** The page: the strip, what the address says, and what lies over it. */
export function App({ app }: { app: AppState }) {
  useKeys(app);
  useEffect(() => announced(app), [app]);
  useEffect(() => sayMissing(app), [app]);
  useEffect(() => sayKept(app), [app]);
  return (
    <AppProvider app={app}>
      <Frame />
      <Toasts />
    </AppProvider>
  );
}

function Frame() {
  const { state } = useAccess();
  const isNarrow = useMedia(NARROW);
  if (state === "asking") return <Skeleton />;
  if (state !== "open") {
    return (
      <Suspense fallback={<Skeleton />}>
        <AccessGate />
      </Suspense>
    );
  }
  return (
    <div className={css.frame}>
      <Strip />
      <Heal />
      <main className={css.page}>
        <CurrentPage />
      </main>
      {isNarrow && <BottomBar />}
      <Overlays />
    </div>
  );
}

function CurrentPage() {
  const { page } = useRoute();
  const Component = PAGES.find((each) => each.page === page)?.component;
  if (!Component) return <NotFound />;
  return (
    <Boundary name={page}>
      <Suspense fallback={<Skeleton />}>
        <Component />
      </Suspense>
    </Boundary>
  );
}

function NotFound() {
  const home = <Button onClick={() => navigate({ page: "tasks", query: {} })}>{en.page.home}</Button>;
  return (
    <EmptyState title={en.page.notFound} actions={home}>
      {en.page.notFoundHint}
    </EmptyState>
  );
}

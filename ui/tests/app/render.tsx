import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { onTestFinished } from "vitest";
import { App } from "~/app/App";
import { type FakeHost, fakeHost, type Scene } from "~/platform/fake";
import { navigate, parse } from "~/route";
import { AppState } from "~/state/app";

/** The whole page over a fake core, at an address. */
export async function renderApp(scene: Scene, address = "/", prepare?: (host: FakeHost) => void) {
  const host = fakeHost(scene);
  prepare?.(host);
  const app = new AppState(host);
  navigate(parse(address), { replace: true });
  onTestFinished(() => app.stop());
  render(<App app={app} />);
  await app.start();
  return { app, host, world: host.world, user: userEvent.setup(), screen };
}

export const LOGIN = "/tasks/webshop/task-20261120-134118-fix-login-redirect";

import "./look/fonts.css";
import "./look/tokens.css";
import "./look/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { applyTheme } from "./app/theme";
import { pickHost } from "./platform/pick";
import { AppState } from "./state/app";

const app = new AppState(await pickHost());
applyTheme(app.preferences, app.host.capabilities.desktop);
void app.start();

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <App app={app} />
  </StrictMode>,
);

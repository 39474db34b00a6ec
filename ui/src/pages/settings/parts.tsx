import type { ComponentType } from "react";
import type { Host } from "~/platform/host";
import { settings } from "~/words/en.settings";
import { Agents } from "./parts/Agents";
import { Appearance } from "./parts/Appearance";
import { AccessPart } from "./parts/access/AccessPart";
import { Configuration } from "./parts/Configuration";
import { DesktopPart } from "./parts/DesktopPart";
import { Editor } from "./parts/Editor";
import { KeysPart } from "./parts/KeysPart";
import { Limits } from "./parts/Limits";
import { Notifications } from "./parts/Notifications";
import { Projects } from "./parts/Projects";
import { Storage } from "./parts/Storage";
import { Webhooks } from "./parts/Webhooks";

type Part = {
  /** Its part of the address. */
  id: keyof typeof settings.parts;
  component: ComponentType;
  /** What is said below its title. */
  lead?: string | ((host: Host) => string);
  /** Whether the host has it, and the page's token may see it; absent: always. */
  when?: (host: Host, mayChange: boolean) => boolean;
};

/** What only a full token may read. */
const full = (_: Host, mayChange: boolean) => mayChange;

const ofMachine = ({ capabilities }: Host) =>
  capabilities.ownWindow ? settings.lead.agentsHere : settings.lead.agents;

/** The parts of the settings, in their order. */
export const PARTS: readonly Part[] = [
  { id: "desktop", component: DesktopPart, when: (host) => host.capabilities.desktop !== undefined },
  { id: "agents", component: Agents, lead: ofMachine },
  { id: "projects", component: Projects },
  { id: "limits", component: Limits, lead: settings.lead.limits, when: full },
  {
    id: "notifications",
    component: Notifications,
    lead: settings.lead.notifications,
    when: (host) => host.capabilities.notifications !== undefined,
  },
  { id: "webhooks", component: Webhooks, lead: settings.lead.webhooks, when: full },
  {
    id: "access",
    component: AccessPart,
    lead: settings.lead.access,
  },
  {
    id: "editor",
    component: Editor,
    lead: settings.lead.editor,
    when: (host) => host.capabilities.editorAddress !== undefined,
  },
  { id: "appearance", component: Appearance },
  { id: "keys", component: KeysPart },
  { id: "storage", component: Storage, lead: settings.lead.storage },
  { id: "configuration", component: Configuration, lead: settings.lead.configuration, when: full },
];

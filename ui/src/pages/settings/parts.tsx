import type { ComponentType } from "react";
import type { Host } from "~/platform/host";
import { en } from "~/words";
import { AccessPart } from "./parts/AccessPart";
import { Agents } from "./parts/Agents";
import { Appearance } from "./parts/Appearance";
import { KeysPart } from "./parts/KeysPart";

type Part = {
  /** Its part of the address. */
  id: string;
  title: string;
  component: ComponentType;
  /** Whether the host has it; absent: always. */
  when?: (host: Host) => boolean;
};

/** The parts of the settings, in their order. */
export const PARTS: readonly Part[] = [
  { id: "agents", title: en.settings.agents, component: Agents },
  {
    id: "access",
    title: en.settings.access,
    component: AccessPart,
    when: (host) => host.capabilities.access !== undefined,
  },
  { id: "appearance", title: en.settings.appearance, component: Appearance },
  { id: "keys", title: en.settings.keys, component: KeysPart },
];

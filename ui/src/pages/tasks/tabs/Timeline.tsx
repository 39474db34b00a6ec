import { EmptyState } from "~/look";
import { en } from "~/words";
import type { TabProps } from "../centre/tabs";

export default function Timeline(_: TabProps) {
  return <EmptyState title={en.tabs.timeline}>{en.page.waits}</EmptyState>;
}

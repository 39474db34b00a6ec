import { EmptyState } from "~/look";
import { en } from "~/words";
import type { TabProps } from "../centre/tabs";

export default function Changes(_: TabProps) {
  return <EmptyState title={en.tabs.changes}>{en.page.waits}</EmptyState>;
}

import { EmptyState } from "~/look";
import { en } from "~/words";
import type { TabProps } from "../centre/tabs";

export default function Log(_: TabProps) {
  return <EmptyState title={en.tabs.log}>{en.page.waits}</EmptyState>;
}

import type { TabProps } from "../centre/tabs";
import { Details } from "./Details";

/** The details where there is no room for them beside the task. */
export default function DetailsTab({ task }: TabProps) {
  return <Details task={task} />;
}

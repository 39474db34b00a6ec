export type { Action, ActionContext, Group } from "./action";
export { plainTitleOf, titleOf } from "./action";
export type { Declaration } from "./declared";
export { isLetter, keyFor, pressed, useIsKey, useKeyNames, useKeyOf, useKeys } from "./keys";
export { ask, overlay, question, type TaskDialog, taskDialog } from "./overlay";
export {
  contextOf,
  everyAction,
  type Offer,
  perform,
  performById,
  possible,
  shownActions,
  useActions,
} from "./registry";

export type { Action, ActionContext, Group } from "./action";
export { plainTitleOf, titleOf } from "./action";
export { isLetter, keyFor, pressed, useKeyOf, useKeys } from "./keys";
export { ask, overlay, question, type TaskDialog, taskDialog } from "./overlay";
export { allActions, contextOf, perform, performById, possible, shownActions, useActions } from "./registry";

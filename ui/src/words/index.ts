export { actionSentence, subject, type ToolKind, toolKind, toolSentence } from "./action";
export { bytes, count, money, plural, tokens } from "./amounts";
export { defaultSentence, sinceWords, waitWords } from "./attention";
export { announcement, changeSentence } from "./change";
export { en } from "./en";
export { folder, taskName } from "./names";
export { type StatusContext, sentence, statusSentence, statusWord } from "./status";
export { clock, duration, exact, relative, span } from "./time";
export { resultNote, toolName } from "./tools";

/** The texts of the page that wants a token, which are loaded with it. Other languages have the same shape. */
export const gate = {
  title: "This page needs a link",
  refused: "This page’s token is not taken any more",
  text: "On the machine where the server runs, print a link that opens the dashboard, and open it or paste it here:",
  command: "run-agent token link",
  field: "Link or token",
  open: "Open",
  stay: "Stay signed in on this browser",
  stayHint: "Also when its tabs are closed. Whoever uses this browser then gets in",
  expired: "This link has expired",
  expiredText:
    "A link works once, for ten minutes. On the machine where the server runs, print a new one, and open it or paste it here:",
  refusedText:
    "It was taken back, or the server has another root now. On the machine where the server runs, print a new link, and open it or paste it here:",
  hint: "A link works once, for ten minutes, and gives this page a token of its own. A token of “run-agent token add” does, too.",
};

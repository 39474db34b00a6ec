/** The texts of what puts tasks away and shows them, which are loaded with it. Other languages have the same shape. */
export const away = {
  title: "Put away finished tasks",
  text: "Lists leave them out. Nothing is deleted; they can be taken out again.",
  which: "Which",
  older: "Ended",
  ages: {
    "0": "at any time",
    "1": "more than a day ago",
    "7": "more than a week ago",
    "30": "more than 30 days ago",
  },
  project: "Project",
  all: "All projects",
  none: "No task is of this kind",
  confirm: (n: number) => (n === 1 ? "Put 1 away" : `Put ${n} away`),
  shelf: "What was put away",
  shelfNone: "Nothing was put away",
  find: "Find by name or title",
};

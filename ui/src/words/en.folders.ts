/** The texts of choosing a folder, which are loaded with it. Other languages have the same shape. */
export const folders = {
  title: "Choose a folder",
  filter: "Filter, or write a path and press Enter",
  use: "Use this folder",
  up: "Folder above",
  hidden: "Show hidden folders",
  git: "git",
  empty: "No folders in it",
  more: "Not all are listed: write a path",
};

/** A line of Markdown without its marks, for where text is shown in one line; none where it is all marks. */
export function plainLine(line: string): string {
  if (/^\s*(`{3,}|~{3,}|([-*_]\s*){3,}$)/.test(line)) return "";
  return line
    .replace(/^\s*(#{1,6}\s+|>\s?)+/, "")
    .replace(/`+/g, "")
    .replace(/(\*\*|__)(\S(?:.*?\S)?)\1/g, "$2");
}

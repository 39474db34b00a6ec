import { expect, test } from "vitest";
import { editorAddress, isEditorAddress } from "~/platform/http/editor";
import { isQuiet } from "~/state/notify";

test("an address gets the file and the line, whatever stands in the file's name", () => {
  const place = { path: "/home/ada/a b/#1?.rs", line: 7 };
  expect(editorAddress("vscode://file/{file}:{line}", place)).toBe(
    "vscode://file/home/ada/a%20b/%231%3F.rs:7",
  );
  expect(editorAddress("idea://open?file={file}&line={line}", place)).toBe(
    "idea://open?file=/home/ada/a%20b/%231%3F.rs&line=7",
  );
});

test("without a line nothing of it is left", () => {
  const place = { path: "/src" };
  expect(editorAddress("vscode://file/{file}:{line}", place)).toBe("vscode://file/src");
  expect(editorAddress("idea://open?file={file}&line={line}", place)).toBe("idea://open?file=/src");
});

test.each([
  "javascript:x{file}",
  "https://e.org/{file}",
  "data:{file}",
  "{file}",
  "vscode://file/",
  "a b://{file}",
])("%s is no address of an editor", (template) => expect(isEditorAddress(template)).toBe(false));

test("quiet hours go over midnight", () => {
  const at = (hours: number, minutes = 0) => new Date(2026, 10, 20, hours, minutes);
  const night = { isOn: true, kinds: {}, digest: true, quiet: { from: "22:00", to: "07:00" } };
  expect([at(21, 59), at(22), at(3), at(6, 59), at(7)].map((time) => isQuiet(night, time))).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
});

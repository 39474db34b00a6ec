import { render } from "@testing-library/react";
import { expect, test } from "vitest";
import { pictureType, useObjectUrl } from "~/look/picture";

function Drawn({ bytes, name }: { bytes: Uint8Array | undefined; name: string }) {
  return <i>{useObjectUrl(bytes, pictureType(name))}</i>;
}

test("a picture has an address as long as it is shown", () => {
  const held = new Map<string, string>();
  URL.createObjectURL = (blob) => {
    const url = `blob:${held.size}`;
    held.set(url, (blob as Blob).type);
    return url;
  };
  URL.revokeObjectURL = (url) => void held.delete(url);
  const { container, rerender, unmount } = render(<Drawn bytes={undefined} name="a.JPG" />);
  expect(held.size).toBe(0);
  rerender(<Drawn bytes={new Uint8Array(2)} name="a.JPG" />);
  expect([...held]).toEqual([[container.textContent, "image/jpeg"]]);
  rerender(<Drawn bytes={new Uint8Array(3)} name="b.png" />);
  expect([...held]).toEqual([[container.textContent, "image/png"]]);
  unmount();
  expect(held.size).toBe(0);
});

test.each(["a.svg", "a.html", "a"])("%s is no picture", (name) => expect(pictureType(name)).toBeUndefined());

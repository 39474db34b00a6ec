/** Half a pixel is no part of it. */
const NEAR = 1;

/** Whether an element is seen whole: nothing that scrolls hides it above or below. */
export function isInView(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  const isWithin = (from: number, to: number) => top >= from - NEAR && bottom <= to + NEAR;
  if (!isWithin(0, window.innerHeight)) return false;
  for (let around = element.parentElement; around; around = around.parentElement) {
    if (getComputedStyle(around).overflowY === "visible") continue;
    const box = around.getBoundingClientRect();
    if (!isWithin(box.top, box.bottom)) return false;
  }
  return true;
}

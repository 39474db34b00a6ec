/** Shows a page of the dashboard, as a link in it would. */
export function goTo(address: string): void {
  history.pushState(null, "", address);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

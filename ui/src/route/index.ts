export { Link } from "./Link";
export { parse, print, type Query, type Route, toTask } from "./route";
export { navigate, route, useRoute } from "./router";

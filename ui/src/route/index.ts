export { Link } from "./Link";
export { parse, print, type Query, type Route, toTask } from "./route";
export { back, navigate, route, useRoute } from "./router";

import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { ProxyOptions } from "vite";
import { defineConfig } from "vitest/config";

/** Requests of the development server's page look like those of the core's own. */
const api: ProxyOptions = {
  target: process.env.CONDUCTOR_URL ?? "http://127.0.0.1:14355",
  changeOrigin: true,
  configure: (proxy) =>
    proxy.on("proxyReq", (request) => {
      for (const name of ["origin", "referer", "sec-fetch-site"]) request.removeHeader(name);
    }),
};

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: { "/api": api } },
  preview: { proxy: { "/api": api } },
  build: {
    target: "es2022",
    // Everything is served by the program itself: no data: addresses, which the policy would refuse.
    assetsInlineLimit: 0,
    manifest: true,
  },
  test: {
    environment: "jsdom",
    setupFiles: ["./tests/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}", "tests/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    testTimeout: 20_000,
  },
});

import { gzipSync } from 'node:zlib';

import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

import { bundled } from './bundled.config.js';
import { messages } from './messages.config.js';

/** The windows of today: WebKitGTK 2.50 and WKWebView (Safari 18), WebView2 (Chromium). */
const target = ['safari18', 'chrome131'];

/** All JavaScript of the bundle, gzipped, in bytes: what a window parses before it paints. */
const BUDGET = 80 * 1024;

function budget(): Plugin {
  return {
    name: 'ringside-budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      // What a start loads: the entry and what it imports. What is imported later, when it is opened, holds nobody up.
      const needed = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
      for (const name of needed) {
        chunks.find(({ fileName }) => fileName === name)?.imports.forEach((imported) => needed.add(imported));
      }
      const started = chunks.filter(({ fileName }) => needed.has(fileName));
      const size = started.reduce((sum, { code }) => sum + gzipSync(code).length, 0);
      if (size > BUDGET)
        this.error(`${size} bytes of gzipped JavaScript are more than the ${BUDGET} agreed on`);
    },
  };
}

export default defineConfig({
  plugins: [paraglideVitePlugin(messages), svelte(), budget(), bundled()],
  // The application is served from its own protocol, so nothing may start with a host or leave the bundle.
  base: './',
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  build: {
    target,
    cssTarget: target,
    modulePreload: {
      // What a start imports is fetched at once. What is imported later is on this machine, so that asking for it early
      // saves nothing, and WebKit complains of what a slow machine has not come to use some seconds after the start.
      resolveDependencies: (_, modules, { hostType }) => (hostType === 'html' ? modules : []),
      // The content security policy allows no inline scripts,
      polyfill: false,
    },
    // nor data: fonts.
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
});

import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

import { messages } from './messages.config.js';

/** The views in a plain browser, on a scripted core: for looking, never shipped. */
export default defineConfig({
  root: 'dev',
  plugins: [paraglideVitePlugin(messages), svelte({ configFile: '../svelte.config.js' })],
  clearScreen: false,
  server: { port: 5174, strictPort: true, fs: { allow: ['..'] } },
});

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  // Components are tested as the browser runs them, not as a server would render them.
  resolve: { conditions: ['browser'] },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    restoreMocks: true,
    // How long a test takes says more about the machine than about the test: this ends one that hangs, no slow one.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

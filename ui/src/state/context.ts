/** The app is handed down by context: components never import an instance, and nothing runs at import. */
import { getContext, setContext } from 'svelte';

import type { App } from './app.svelte';

const KEY = Symbol('app');

export function provideApp(app: App): void {
  setContext(KEY, app);
}

export function useApp(): App {
  return getContext<App>(KEY);
}

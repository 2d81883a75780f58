/** What this device wrote about something that another one had changed meanwhile: refused, and kept until it is decided. */
import type { Kind, RefusedAct } from '../bridge/bridge';
import type { App } from './app.svelte';

export function refusedText(app: App, kind: Kind, id: string): RefusedAct | undefined {
  return app.refused.find(
    ({ subject, code }) => subject.kind === kind && subject.id === id && code === 'version-mismatch',
  );
}

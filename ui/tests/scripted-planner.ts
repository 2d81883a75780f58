/** A planner on a scripted core, without a window. */
import type { Calls, Round, View } from '../src/bridge/bridge';
import { App } from '../src/state/app.svelte';
import { Planner } from '../src/state/planner.svelte';
import { ScriptedBridge } from '../dev/scripted';
import { memoryStore } from './memory-store';

export async function bridge(view: View) {
  const saved = {} as Round;
  const scripted: ScriptedBridge = new ScriptedBridge({
    view: () => {
      scripted.emit({ type: 'view', view });
      return null;
    },
    add_round: () => saved,
    edit_round: () => saved,
  });
  const store = memoryStore();
  const app = new App(scripted, store, { languages: ['en'] });
  await app.start();
  return {
    app,
    planner: new Planner(app),
    /** A new window over what the old one kept. */
    reload: () => {
      const again = new App(scripted, store, { languages: ['en'] });
      // A window makes a planner when it knows who plans.
      again.receive({ type: 'view', view });
      return new Planner(again);
    },
    /** What was asked of the core besides the view. */
    get asked(): { name: keyof Calls; args: unknown }[] {
      return scripted.calls.filter(({ name }) => name !== 'view');
    },
  };
}

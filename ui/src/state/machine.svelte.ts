/** What this machine does with the application, as the system says it does. */
import type { Machine } from '../bridge/bridge';
import { Action } from './action.svelte';
import type { App } from './app.svelte';

export class MachineState {
  /** None until it is known. */
  known = $state.raw<Machine | null>(null);
  readonly start: Action<[on: boolean]>;

  constructor(app: App) {
    this.start = new Action(async (on: boolean) => {
      this.known = await app.call('start_with_system', { on });
    });
    // What is not known is not offered.
    app.call('machine', {}).then(
      (machine) => (this.known = machine),
      () => undefined,
    );
  }
}

/** What was imported for an athlete and can be taken back. It is asked of the server and never stored here. */
import { asFailure, type Failure, type ImportId, type ImportSummary, type UserId } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { Action } from './action.svelte';
import type { App } from './app.svelte';

export class PastImports {
  /** Nothing until the first answer. */
  list = $state.raw<readonly ImportSummary[] | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** Which one they are asked about. */
  asked = $state<ImportId | null>(null);

  constructor(
    readonly app: App,
    readonly athlete: UserId,
    /** The athlete's past has changed. */
    readonly changed: () => void,
  ) {}

  async load(): Promise<void> {
    this.failure = null;
    try {
      this.list = await this.app.call('list_imports', { athlete_id: this.athlete });
    } catch (thrown) {
      this.failure = asFailure(thrown);
    }
  }

  readonly takeBack = new Action(async (id: ImportId) => {
    await this.app.call('take_back_import', { athlete_id: this.athlete, import_id: id });
    this.asked = null;
    this.list = this.list?.filter((one) => one.id !== id) ?? null;
    this.app.announcements.show(() => m.import_taken_back());
    this.changed();
  });
}

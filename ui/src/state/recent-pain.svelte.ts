/** In how many sessions of the last four weeks an athlete had pain, whatever is looked for in the list. */
import type { UserId } from '../bridge/bridge';
import { timestamp } from '../words/local-time';
import { DAY_MS } from '../words/times';
import type { App } from './app.svelte';

const FOUR_WEEKS_MS = 28 * DAY_MS;
const MOST = 100;

export class RecentPain {
  /** Nothing until it is known. */
  count = $state<number | null>(null);
  #asked = 0;

  constructor(
    readonly app: App,
    readonly athlete: UserId,
  ) {}

  async refresh(): Promise<void> {
    const asked = ++this.#asked;
    const from = timestamp(this.app.clock.at() - FOUR_WEEKS_MS);
    const query = { status: 'ended', from, limit: MOST } as const;
    // What could not be read is not said; the list beside it says why.
    const page = await this.app.call('list_sessions', { athlete_id: this.athlete, query }).catch(() => null);
    if (page && asked === this.#asked) this.count = page.sessions.filter(({ pain }) => pain).length;
  }
}

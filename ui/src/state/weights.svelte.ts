/**
 * What an athlete weighs: the weights of the last 90 days are known here, also without a network; older ones are asked for.
 * Deleting one can be undone, and so can entering one.
 */
import {
  asFailure,
  type Cause,
  type EntityRef,
  type Failure,
  type UserId,
  type Weight,
  type WeightDraft,
} from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { bodyWeightWords } from '../words/values';
import type { App } from './app.svelte';
import { undoBy } from './undo';

export class Weights {
  /** Why older ones could not be read. */
  failure = $state.raw<Failure | null>(null);
  /** Whether there are older ones, or it is not known because nobody could be asked. */
  hasMore = $state(false);
  isAsking = $state(false);
  #older = $state.raw<readonly Weight[]>([]);
  /** Where the next page begins; `undefined` before the first was read. */
  #next = $state.raw<string | null | undefined>(undefined);

  constructor(
    readonly app: App,
    readonly athlete: UserId,
  ) {}

  readonly #known = $derived.by(() =>
    (this.app.view?.weights ?? []).filter(({ athlete_id }) => athlete_id === this.athlete),
  );
  /** Newest first. */
  readonly all = $derived.by((): readonly Weight[] => {
    const older = this.#older.filter(({ id }) => !this.#known.some((weight) => weight.id === id));
    return [...this.#known, ...older].sort(newestFirst);
  });
  readonly latest = $derived.by(() => this.all[0]);

  /** Reads what is older, if anything is, and follows what happens to it; returns a function that ends it. */
  follow(): () => void {
    void this.#read(1);
    return this.app.onRemoval((entity, cause) => {
      this.#forget(entity, cause);
    });
  }

  /** Reads the next page, unless one is on its way. */
  async more(): Promise<void> {
    this.failure = null;
    this.failure = await this.#read(this.#older.length + 1);
  }

  async enter(draft: WeightDraft): Promise<void> {
    const weight = await this.app.call('create_weight', { draft });
    this.#takeIfOld(weight);
    const words = () => m.weight_entered({ weight: bodyWeightWords(weight.weight_kg) });
    this.app.announcements.offerUndo(words, () => {
      void undoBy(this.app, async () => {
        await this.app.call('delete_weight', { weight_id: weight.id, version: weight.version });
        this.#drop(weight);
      });
    });
  }

  async correct({ id, version }: Weight, draft: WeightDraft): Promise<void> {
    const weight = await this.app.call('edit_weight', { weight_id: id, version, draft });
    this.#drop(weight);
    this.#takeIfOld(weight);
  }

  /** Deletes a weight; for ten seconds that can be undone. */
  async remove(weight: Weight): Promise<void> {
    await this.app.call('delete_weight', { weight_id: weight.id, version: weight.version });
    this.#drop(weight);
    this.app.announcements.offerUndo(m.weight_deleted, () => {
      void undoBy(this.app, async () => {
        this.#takeIfOld(await this.app.call('restore_weight', { weight }));
      });
    });
  }

  /** One that is not among those the core keeps stays on screen. */
  #takeIfOld(weight: Weight): void {
    this.#drop(weight);
    this.#older = [...this.#older, weight];
  }

  #drop({ id }: Weight): void {
    this.#older = this.#older.filter((one) => one.id !== id);
  }

  #forget({ kind, id }: EntityRef, cause: Cause | null): void {
    if (kind !== 'weight' || !this.#older.some((one) => one.id === id)) return;
    if (cause?.event === 'weight-removed') this.#older = this.#older.filter((one) => one.id !== id);
    // It was changed, and is one of those that are not kept.
    else void this.#reread();
  }

  /** Reads as many again as there are. */
  async #reread(): Promise<void> {
    const before = this.#older;
    this.#next = undefined;
    if (await this.#read(before.length, true)) this.#older = before;
  }

  /** Reads pages until there are this many older ones; returns why that failed. */
  async #read(count: number, isAgain = false): Promise<Failure | null> {
    if (this.isAsking) return null;
    this.isAsking = true;
    let isFirst = isAgain;
    try {
      do {
        const after = this.#next ?? this.#known.toSorted(newestFirst).at(-1)?.id ?? null;
        const page = await this.app.call('list_weights', { athlete_id: this.athlete, after });
        const others = isFirst ? [] : this.#older;
        isFirst = false;
        this.#older = [
          ...others.filter(({ id }) => !page.weights.some((one) => one.id === id)),
          ...page.weights,
        ];
        this.#next = page.next;
      } while (this.#older.length < count && this.#next !== null);
      this.hasMore = this.#next !== null;
      return null;
    } catch (thrown) {
      this.hasMore = true;
      return asFailure(thrown);
    } finally {
      this.isAsking = false;
    }
  }
}

function newestFirst(a: Weight, b: Weight): number {
  return Date.parse(b.at) - Date.parse(a.at) || (a.id < b.id ? 1 : -1);
}

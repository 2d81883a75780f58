/**
 * What an athlete weighs: the weights of the last 90 days are known here, also without a network; older ones are asked for.
 * Deleting one can be undone, and so can entering one.
 */
import type { Cause, EntityRef, UserId, Weight, WeightDraft } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { bodyWeightWords } from '../words/values';
import type { App } from './app.svelte';
import { OlderPages } from './older-pages.svelte';
import { undoBy } from './undo';

export class Weights {
  readonly older: OlderPages<Weight>;

  constructor(
    readonly app: App,
    readonly athlete: UserId,
  ) {
    this.older = new OlderPages(
      async (after) => {
        const { weights, next } = await app.call('list_weights', { athlete_id: athlete, after });
        return { items: weights, next };
      },
      () => this.#known.toSorted(newestFirst).at(-1)?.id ?? null,
    );
  }

  readonly #known = $derived.by(() =>
    (this.app.view?.weights ?? []).filter(({ athlete_id }) => athlete_id === this.athlete),
  );
  /** Newest first. */
  readonly all = $derived.by((): readonly Weight[] => {
    const older = this.older.items.filter(({ id }) => !this.#known.some((weight) => weight.id === id));
    return [...this.#known, ...older].sort(newestFirst);
  });
  /** Why there is nothing, or no more of it. */
  readonly failure = $derived.by(() =>
    this.older.wasAsked || this.all.length === 0 ? this.older.failure : null,
  );
  readonly latest = $derived.by(() => this.all[0]);

  /** Reads what is older, if anything is, and follows what happens to it; returns a function that ends it. */
  follow(): () => void {
    void this.older.refresh();
    const ends = [
      this.app.onReload(() => void this.older.refresh()),
      this.app.onRemoval((entity, cause) => {
        this.#forget(entity, cause);
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  /** One that is not among those the core keeps stays on screen. */
  async enter(draft: WeightDraft): Promise<void> {
    const weight = await this.app.call('create_weight', { draft });
    this.older.put(weight);
    const words = () => m.weight_entered({ weight: bodyWeightWords(weight.weight_kg) });
    this.app.announcements.offerUndo(words, () => {
      void undoBy(this.app, async () => {
        await this.app.call('delete_weight', { weight_id: weight.id, version: weight.version });
        this.older.drop(weight.id);
      });
    });
  }

  async correct({ id, version }: Weight, draft: WeightDraft): Promise<Weight> {
    const weight = await this.app.call('edit_weight', { weight_id: id, version, draft });
    this.older.put(weight);
    return weight;
  }

  /** Deletes a weight; for ten seconds that can be undone. */
  async remove(weight: Weight): Promise<void> {
    await this.app.call('delete_weight', { weight_id: weight.id, version: weight.version });
    this.older.drop(weight.id);
    this.app.announcements.offerUndo(m.weight_deleted, () => {
      void undoBy(this.app, async () => {
        this.older.put(await this.app.call('restore_weight', { weight }));
      });
    });
  }

  #forget({ kind, id }: EntityRef, cause: Cause | null): void {
    if (kind !== 'weight') return;
    if (cause?.event === 'weight-removed') this.older.drop(id);
    // It was changed, or is one of those that are not kept any more.
    else void this.older.refresh();
  }
}

function newestFirst(a: Weight, b: Weight): number {
  return Date.parse(b.at) - Date.parse(a.at) || (a.id < b.id ? 1 : -1);
}

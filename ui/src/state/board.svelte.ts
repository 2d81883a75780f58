/**
 * The board: several sessions at once, a tile each. Who needs the trainer comes first, but nothing changes its place
 * while the pointer or the keyboard is in the board: then what is new comes last, and what has ended stays until they are
 * elsewhere.
 */
import type { Session, SessionId } from '../bridge/bridge';
import { byNeed } from './activity';
import type { App } from './app.svelte';

/** As many tiles as can be read on one screen. */
export const MOST_TILES = 8;

export class Board {
  isOpen = $state(false);
  /** Whether the session on screen was opened from the board, so that Escape leads back there. */
  isBehind = $state(false);
  /** Whether the pointer or the keyboard is in it. */
  isHeld = $state(false);
  /** The session whose tile gets the keyboard once the view is there. */
  returnTo: SessionId | null = null;
  /** Set by the view: gives the keyboard to a tile, counted from 0; returns whether there is one. */
  focusTile: (place: number) => boolean = () => false;
  /** Set by the view: whether a tile has the keyboard. */
  hasFocus: () => boolean = () => false;
  #order = $state.raw<readonly SessionId[]>([]);

  constructor(readonly app: App) {}

  readonly open = $derived.by(() => [...this.app.waitingSessions, ...this.app.runningSessions]);

  /** The sessions of the tiles, in their order. */
  readonly tiles = $derived.by((): readonly Session[] => {
    const all = this.app.trainerSessions;
    return this.#order.flatMap((id) => all.find((session) => session.id === id) ?? []).slice(0, MOST_TILES);
  });

  /** How many open sessions have no tile. */
  readonly more = $derived.by(() => this.open.filter((session) => !this.tiles.includes(session)).length);

  /** Puts the tiles into their order; `now` is the server's time. While the board is held, what is there stays. */
  arrange(now: number): void {
    const wanted = byNeed(this.open, now).map(({ id }) => id);
    const kept = this.isHeld ? this.#order : [];
    const order = [...kept, ...wanted.filter((id) => !kept.includes(id))];
    if (order.join() !== this.#order.join()) this.#order = order;
  }

  /** Shows it; the keyboard goes to the tile of a session, if one is named. */
  show(from: SessionId | null = null): void {
    this.returnTo = from;
    this.isOpen = true;
    this.isBehind = false;
    this.isHeld = false;
    this.arrange(this.app.clock.at());
  }

  hide(): void {
    this.isOpen = false;
    this.isBehind = false;
  }

  /** Goes to a session, from where Escape leads back. */
  leave(): void {
    this.isOpen = false;
    this.isBehind = true;
  }
}

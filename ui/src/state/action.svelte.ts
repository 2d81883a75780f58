/**
 * Something a person can do, with its progress and its failure. A second click while it is running does nothing, so two
 * quick clicks never make two sessions, and the core's idempotency key stays one per act.
 */
import { asFailure, type Failure } from '../bridge/bridge';

export class Action<Args extends unknown[] = []> {
  busy = $state(false);
  failure = $state.raw<Failure | null>(null);
  readonly #what: (...args: Args) => Promise<unknown>;

  constructor(what: (...args: Args) => Promise<unknown>) {
    this.#what = what;
  }

  /** Does it; returns whether it succeeded. */
  run = async (...args: Args): Promise<boolean> => {
    if (this.busy) return false;
    this.busy = true;
    this.failure = null;
    try {
      await this.#what(...args);
      return true;
    } catch (thrown) {
      this.failure = asFailure(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  };

  /** Takes the failure off the screen. */
  dismiss = (): void => {
    this.failure = null;
  };
}

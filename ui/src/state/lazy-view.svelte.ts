/** A view that is loaded once, when it is first needed, and then shown without a gap. */
import type { Component } from 'svelte';

import { asFailure, type Failure } from '../bridge/bridge';

export class LazyView<Props extends Record<string, unknown>> {
  /** The view; `null` until it is loaded. */
  component = $state.raw<Component<Props> | null>(null);
  /** Why it can't be loaded. */
  failure = $state.raw<Failure | null>(null);
  readonly #load: () => Promise<{ default: Component<Props> }>;
  #loading: Promise<void> | null = null;

  constructor(load: () => Promise<{ default: Component<Props> }>) {
    this.#load = load;
  }

  /** Loads the view, unless that has begun. After a failure it may be tried again. */
  load(): Promise<void> {
    this.#loading ??= this.#attempt();
    return this.#loading;
  }

  async #attempt(): Promise<void> {
    this.failure = null;
    try {
      this.component = (await this.#load()).default;
    } catch (thrown) {
      this.failure = asFailure(thrown);
      this.#loading = null;
    }
  }
}

/**
 * The sentences of failures. They are many, and no start needs one: they are loaded when the window is idle, or when the
 * first one is needed. Until then, which is a moment, a sentence is empty.
 */
import type { Failure, FailureCode } from '../bridge/bridge';
import { m } from '../paraglide/messages';

interface Sentences {
  failureWords: (failure: Failure) => string;
  failureCodeWords: (code: FailureCode) => string;
}

/** They are part of the application, so that they can't be loaded is a fault of ours. */
const FALLBACK: Sentences = {
  failureWords: () => m.problem_internal(),
  failureCodeWords: () => m.problem_internal(),
};

export class FailureSentences {
  #sentences = $state.raw<Sentences | null>(null);
  #loading: Promise<void> | null = null;

  /** Loads them, unless that has begun. */
  load(): Promise<void> {
    this.#loading ??= import('../words/failures').then(
      (sentences) => {
        this.#sentences = sentences;
      },
      () => {
        this.#sentences = FALLBACK;
      },
    );
    return this.#loading;
  }

  /** The failure as one or two sentences. */
  of(failure: Failure): string {
    void this.load();
    return this.#sentences?.failureWords(failure) ?? '';
  }

  /** A code as a sentence. */
  ofCode(code: FailureCode): string {
    void this.load();
    return this.#sentences?.failureCodeWords(code) ?? '';
  }
}

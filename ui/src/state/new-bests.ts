/**
 * Bests when they happen. Only the server knows them, since only it has all that an athlete ever did: a round that was
 * completed without a network has none until it has arrived there. One that a correction brings or takes is shown where it
 * is, and not announced.
 */
import type { Round, RoundExercise } from '../bridge/bridge';
import type { Arrival } from './core-state.svelte';

export function hasBest({ bests }: RoundExercise): boolean {
  return (bests ?? []).length > 0;
}

/** The exercises of these rounds that beat something. */
export function withBests(rounds: readonly Round[]): RoundExercise[] {
  return rounds.flatMap(({ exercises }) => exercises.filter(hasBest));
}

/** Those of a session that were not known to beat something before this arrival. */
export function newBests({ session, cause, before }: Arrival): RoundExercise[] {
  if (!before || cause.event === 'exercise-corrected') return [];
  const known = new Set(withBests(before.rounds).map(({ id }) => id));
  return withBests(session.rounds).filter(({ id }) => !known.has(id));
}

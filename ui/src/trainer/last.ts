/**
 * What an athlete did last with an exercise: from the sessions the window knows, and from their records, which reach back
 * three months and are there without a network. Whichever is newer.
 */
import type { Athlete, Exercise, LastDone, Session, UserId } from '../bridge/bridge';

/** What a window knows of what its athletes have done. */
export interface Known {
  sessions: readonly Session[];
  athletes: readonly Athlete[];
}

/** `null`: nothing that is known. */
export function lastOf(
  { sessions, athletes }: Known,
  athlete: UserId,
  exercise: Exercise['id'],
): LastDone | null {
  const records = athletes.find(({ id }) => id === athlete)?.records ?? [];
  let last = records.find(({ exercise_id }) => exercise_id === exercise)?.last ?? null;
  for (const session of sessions) {
    if (session.athlete.id !== athlete) continue;
    for (const { status, completed_at, exercises } of session.rounds) {
      if (status !== 'completed' || completed_at === null) continue;
      // As in the records: a warm-up or a drop set doesn't tell what they can do.
      const done = exercises.findLast(
        ({ exercise_id, kind, actual }) => exercise_id === exercise && kind === 'working' && actual !== null,
      );
      if (done?.actual && (last === null || Date.parse(completed_at) > Date.parse(last.at)))
        last = { at: completed_at, actual: done.actual, effort: done.feedback?.effort ?? null };
    }
  }
  return last;
}

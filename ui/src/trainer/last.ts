/** What an athlete did last with an exercise, from the sessions the window knows, newest first. */
import type { Exercise, RoundExercise, Session, Timestamp, UserId } from '../bridge/bridge';

export interface Last {
  exercise: RoundExercise;
  at: Timestamp;
}

/** The newest completed round in which the exercise was done; `except` is the round that is being planned. */
export function lastOf(
  sessions: readonly Session[],
  athlete: UserId,
  exercise: Exercise['id'],
  except: string | null = null,
): Last | null {
  let last: Last | null = null;
  for (const session of sessions) {
    if (session.athlete.id !== athlete) continue;
    for (const round of session.rounds) {
      if (round.status !== 'completed' || round.completed_at === null || round.id === except) continue;
      const done = round.exercises.findLast(
        ({ exercise_id, actual }) => exercise_id === exercise && actual !== null,
      );
      if (done && (last === null || round.completed_at > last.at))
        last = { exercise: done, at: round.completed_at };
    }
  }
  return last;
}

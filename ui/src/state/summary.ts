/** A session in a few numbers, for the moment after it. */
import type { Session } from '../bridge/bridge';

interface Summary {
  rounds: number;
  exercises: number;
  duration_s: number;
  /** Average effort, to one decimal; `null` when nobody said. */
  effort: number | null;
  /** Weight times repetitions, over everything that was done; help taken off moves nothing. */
  moved_kg: number;
}

export function summaryOf(session: Session): Summary {
  const rounds = session.rounds.filter(({ status }) => status === 'completed');
  const exercises = rounds.flatMap((round) => round.exercises);
  const efforts = exercises.map(({ feedback }) => feedback?.effort).filter((effort) => effort !== undefined);
  const from = Date.parse(session.joined_at ?? session.started_at);
  const to = Date.parse(session.ended_at ?? session.started_at);
  return {
    rounds: rounds.length,
    exercises: exercises.length,
    duration_s: Math.max(0, (to - from) / 1000),
    effort: averageOf(efforts),
    moved_kg: exercises.reduce(
      (sum, { actual }) => sum + Math.max(0, actual?.weight_kg ?? 0) * (actual?.reps ?? 0),
      0,
    ),
  };
}

function averageOf(efforts: readonly number[]): number | null {
  const sum = efforts.reduce((sum, effort) => sum + effort, 0);
  return efforts.length === 0 ? null : Math.round((sum / efforts.length) * 10) / 10;
}

/** Templates: rounds that are kept to be planned again. A weight of one is a weight, or depends on the athlete. Pure. */
import type { Exercise, Round, RoundPlan, Session, Template } from '../bridge/bridge';
import { folded } from '../words/folding';
import { valuesWords } from '../words/values';
import { type Plan, type PlanItem, plannedIn, sameAs } from './plan';

/** A round as a template keeps it: where its weight depends on the athlete, without what it was worked out to. */
export function keptRound({ rest_after_s, exercises }: RoundPlan): RoundPlan {
  return {
    // Which round is the last one is up to the day.
    is_final: false,
    rest_after_s,
    exercises: exercises.map((exercise) => {
      const { planned } = exercise;
      return { ...exercise, id: null, planned: planned.load ? { ...planned, weight_kg: null } : planned };
    }),
  };
}

/** The rounds of a session to keep: of one that is over those that were done, where nothing was planned as done. */
export function keptSession({ rounds, ended_at }: Session): RoundPlan[] {
  return rounds
    .filter(({ status }) => ended_at === null || status === 'completed')
    .map((round) => keptRound(sameAs(withDone(round))));
}

/** The exercises of a round as those of a plan. */
export function itemsOf(round: RoundPlan, newKey: () => string): PlanItem[] {
  return round.exercises.map(({ exercise_id, kind, planned, trainer_notes }) => ({
    key: newKey(),
    id: null,
    exercise_id,
    kind: kind ?? undefined,
    ...plannedIn(planned),
    worked: undefined,
    hint: trainer_notes ?? '',
  }));
}

/** A plan with a round behind what is in it. */
export function withRound(plan: Plan, round: RoundPlan, rest: string, newKey: () => string): Plan {
  return {
    ...plan,
    rest: plan.rest === '' ? rest : plan.rest,
    items: [...plan.items, ...itemsOf(round, newKey)],
  };
}

/** A round without the exercises that are not offered any more, and those. */
export function withoutArchived(
  round: RoundPlan,
  offered: readonly Exercise[],
): { round: RoundPlan; left: readonly string[] } {
  const isOffered = (id: string) => offered.some((exercise) => exercise.id === id);
  const exercises = round.exercises.filter(({ exercise_id }) => isOffered(exercise_id));
  const left = round.exercises.filter(({ exercise_id }) => !isOffered(exercise_id));
  return { round: { ...round, exercises }, left: left.map(({ exercise_id }) => exercise_id) };
}

/** Those whose name has every word of what is typed. */
export function findTemplates(templates: readonly Template[], typed: string): Template[] {
  const words = folded(typed).split(' ');
  return templates.filter(({ name }) => words.every((word) => folded(name).includes(word)));
}

function withDone(round: Round): Round {
  const exercises = round.exercises.map((exercise) => {
    const { actual, planned } = exercise;
    return actual && valuesWords(planned) === '' ? { ...exercise, planned: actual } : exercise;
  });
  return { ...round, exercises };
}

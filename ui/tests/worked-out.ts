/** Loads as the core works them out, for tests. */
import type { RoundPlan } from '../src/bridge/bridge';
import { ALVA, LIBRARY, NOTHING, round } from '../dev/fixtures';
import { type Answers } from '../dev/scripted';

export const [bench, squat] = LIBRARY as [(typeof LIBRARY)[0], (typeof LIBRARY)[0]];

export const plan = (...ids: string[]): RoundPlan => ({
  is_final: false,
  rest_after_s: 90,
  exercises: ids.map((exercise_id) => ({
    id: null,
    exercise_id,
    kind: 'working',
    planned: { ...NOTHING, reps: 5, load: { percent_of_e1rm: 80 } },
    trainer_notes: null,
  })),
});

/** Everybody's maximum is 100 kg, except Alva's, of whom nothing is known. */
export const worked: Answers = {
  work_out: ({ athlete_id, rounds }) =>
    rounds.map((plan) => ({
      ...plan,
      exercises: plan.exercises.map((one) => ({
        ...one,
        planned: { ...one.planned, weight_kg: athlete_id === ALVA.id ? null : 80 },
      })),
    })),
  add_round: () => round(1, 'draft', []),
};

/** What somebody did and was then refused: what it was, and what was in it, as a text that can be kept elsewhere. */
import type { ActName, Exercise, ExerciseDraft, RefusedAct, Session } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { effortWords } from './effort';
import { categoryWords, fieldNameWords } from './exercises';
import { isolated, namesWords } from './names';
import { regionWords } from './regions';
import { valuesWords } from './values';

/** `exercise` is isolated by the caller. */
const WORDS: Record<ActName, (inputs: { round: string; exercise: string }) => string> = {
  cancel_session: () => m.cancel_session(),
  add_round: () => m.refused_add_round(),
  edit_round: m.refused_edit_round,
  delete_round: m.refused_delete_round,
  release_round: m.refused_release_round,
  recall_round: m.refused_recall_round,
  start_round: m.refused_start_round,
  log_exercise: m.refused_log_exercise,
  complete_round: m.refused_complete_round,
  correct_exercise: m.refused_correct_exercise,
  create_exercise: () => m.refused_create_exercise(),
  edit_exercise: m.refused_edit_exercise,
  archive_exercise: m.refused_archive_exercise,
  restore_exercise: m.refused_restore_exercise,
  // Restoring what archiving has deleted.
  recreate_exercise: m.refused_restore_exercise,
  remove_exercise_video: m.refused_remove_exercise_video,
};

export function refusedWords(act: RefusedAct, library: readonly Exercise[]): string {
  const round = act.round_number === null ? m.refused_a_round() : m.round_title({ number: act.round_number });
  const name = library.find(({ id }) => id === act.subject.id)?.name ?? act.exercise?.name;
  return WORDS[act.what]({ round, exercise: name ? isolated(name) : m.refused_an_exercise() });
}

/** What would be lost with it, line by line; empty where there is nothing but the act. */
export function refusedContent(
  act: RefusedAct,
  sessions: readonly Session[],
  library: readonly Exercise[],
): string {
  const planned = (act.plan?.exercises ?? []).map(({ exercise_id, planned, trainer_notes }) => {
    const name = library.find(({ id }) => id === exercise_id)?.name ?? '?';
    return [isolated(name), valuesWords(planned), isolated(trainer_notes ?? '')]
      .filter((part) => part !== '')
      .join(' · ');
  });
  const done = sessions.flatMap(({ rounds }) => rounds).flatMap(({ exercises }) => exercises);
  const reported = act.reports.map(({ id, effort, pain_regions, note }) => {
    const name = done.find((exercise) => exercise.id === id)?.name ?? '?';
    const parts = [
      `${String(effort)} ${effortWords(effort)}`,
      ...pain_regions.map(regionWords),
      isolated(note ?? ''),
    ];
    return [isolated(name), ...parts].filter((part) => part !== '').join(' · ');
  });
  const { correction } = act;
  const corrected = correction
    ? [
        [
          isolated(done.find((exercise) => exercise.id === correction.item_id)?.name ?? '?'),
          valuesWords(correction.actual),
          isolated(correction.reason ?? ''),
        ]
          .filter((part) => part !== '')
          .join(' · '),
      ]
    : [];
  const exercise = act.exercise ? [draftWords(act.exercise)] : [];
  return [...planned, ...reported, ...corrected, ...exercise].join('\n');
}

function draftWords({ name, category, fields, aliases, muscles, cue }: ExerciseDraft): string {
  const parts = [
    isolated(name),
    categoryWords(category),
    fields.map(fieldNameWords).join(', '),
    namesWords(aliases),
    namesWords(muscles),
    isolated(cue ?? ''),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

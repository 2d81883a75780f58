/** What somebody did and was then refused: what it was, and what was in it, as a text that can be kept elsewhere. */
import type {
  ActName,
  Exercise,
  ExerciseDraft,
  PlannedExercise,
  RefusedAct,
  Session,
  WeightDraft,
} from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { effortWords } from './effort';
import { categoryWords, fieldNameWords } from './exercises';
import { isolated, namesWords } from './names';
import { kindWords, loadWords } from './planned';
import { regionWords } from './regions';
import { dateTimeWords } from './times';
import { bodyWeightWords, valuesWords } from './values';

/** `exercise`, `template` and `athlete` are isolated by the caller. */
const WORDS: Record<
  ActName,
  (inputs: { round: string; exercise: string; template: string; athlete: string }) => string
> = {
  cancel_session: () => m.cancel_session(),
  add_round: () => m.refused_add_round(),
  edit_round: m.refused_edit_round,
  delete_round: m.refused_delete_round,
  // Restoring what was deleted.
  recreate_round: m.refused_restore_round,
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
  create_template: () => m.refused_create_template(),
  edit_template: m.refused_edit_template,
  delete_template: m.refused_delete_template,
  restore_template: m.refused_restore_template,
  save_note: m.refused_save_note,
  create_journal_entry: m.refused_create_journal_entry,
  edit_journal_entry: m.refused_edit_journal_entry,
  delete_journal_entry: m.refused_delete_journal_entry,
  // Restoring what was deleted.
  recreate_journal_entry: m.refused_restore_journal_entry,
  create_weight: () => m.refused_create_weight(),
  edit_weight: () => m.refused_edit_weight(),
  delete_weight: () => m.refused_delete_weight(),
  // Restoring what was deleted.
  recreate_weight: () => m.refused_restore_weight(),
};

export function refusedWords(act: RefusedAct, library: readonly Exercise[]): string {
  const round = act.round_number === null ? m.refused_a_round() : m.round_title({ number: act.round_number });
  const name = library.find(({ id }) => id === act.subject.id)?.name ?? act.exercise?.name;
  const template = act.template?.name;
  return WORDS[act.what]({
    round,
    exercise: name ? isolated(name) : m.refused_an_exercise(),
    template: template ? isolated(template) : m.refused_a_template(),
    athlete: act.athlete === null ? m.refused_somebody() : isolated(act.athlete),
  });
}

/** What would be lost with it, line by line; empty where there is nothing but the act. */
export function refusedContent(
  act: RefusedAct,
  sessions: readonly Session[],
  library: readonly Exercise[],
): string {
  const template = act.template ? [isolated(act.template.name)] : [];
  const planned = [act.plan, ...(act.template?.rounds ?? [])]
    .flatMap((plan) => plan?.exercises ?? [])
    .map((exercise) => plannedWords(exercise, library));
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
  const written = [act.note, act.journal?.text].filter((text) => text != null).map(isolated);
  const weight = act.weight ? [weightDraftWords(act.weight)] : [];
  return [...template, ...planned, ...reported, ...corrected, ...exercise, ...written, ...weight].join('\n');
}

function plannedWords(
  { exercise_id, kind, planned, trainer_notes }: PlannedExercise,
  library: readonly Exercise[],
): string {
  const name = library.find(({ id }) => id === exercise_id)?.name ?? '?';
  const parts = [
    isolated(name),
    kind ? kindWords(kind) : '',
    valuesWords(planned),
    planned.load ? loadWords(planned.load) : '',
    isolated(trainer_notes ?? ''),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function weightDraftWords({ weight_kg, at, note }: WeightDraft): string {
  const parts = [bodyWeightWords(weight_kg), at === null ? '' : dateTimeWords(at), isolated(note ?? '')];
  return parts.filter((part) => part !== '').join(' · ');
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

/** Files of other trackers in words: which they are from, and why rows of them are left out. */
import type { ImportFormat, SkippedRow, SkipReason, UnitFinding, UnitSource } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { type Known, known, UNRECOGNISED } from './known';
import { numberWords } from './numbers';

/** Trackers are called the same in every language. */
const FORMATS: Record<Known<ImportFormat>, () => string> = {
  strong: () => 'Strong',
  hevy: () => 'Hevy',
  fitnotes: () => 'FitNotes',
  fitnotes_body: m.import_body_weight,
  stronglifts: () => 'StrongLifts',
  gymbook: () => 'GymBook',
  ringside: () => 'Ringside',
};

const REASONS: Record<Known<SkipReason>, () => string> = {
  rest_timer: m.import_skip_rest_timer,
  note: m.import_skip_note,
  measurement: m.import_skip_measurement,
  empty: m.import_skip_empty,
  exercise_missing: m.import_skip_exercise_missing,
  exercise_name: m.import_skip_exercise_name,
  bad_date: m.import_skip_bad_date,
  in_future: m.import_skip_in_future,
  bad_number: m.import_skip_bad_number,
  out_of_range: m.import_skip_out_of_range,
  unknown_unit: m.import_skip_unknown_unit,
  unit_contradiction: m.import_skip_unit_contradiction,
  incomplete_row: m.import_skip_incomplete_row,
  too_many_cells: m.import_skip_too_many_cells,
  too_long: m.import_skip_too_long,
  session_full: m.import_skip_session_full,
  duplicate: m.import_skip_duplicate,
};

const SOURCES: Record<Known<UnitSource>, (finding: UnitFinding) => string> = {
  file: () => m.import_unit_file(),
  request: () => m.import_unit_request(),
  evidence: ({ like_kg, like_lb }) =>
    m.import_unit_evidence({ kg: numberWords(like_kg), lb: numberWords(like_lb) }),
  assumed: () => m.import_unit_assumed(),
};

/** Which tracker a file is from; one of a newer server is not named. */
export function formatWords(format: ImportFormat): string {
  return known(FORMATS, format)?.() ?? UNRECOGNISED;
}

/** Why rows are left out. */
export function skipWords(reason: SkipReason): string {
  return (known(REASONS, reason) ?? m.import_skip_other)();
}

/** Why a unit was taken. */
export function unitSourceWords(finding: UnitFinding): string {
  return known(SOURCES, finding.source)?.(finding) ?? '';
}

/** What an import has stored. */
export function importedWords(sessions: number, weights: number): string {
  const words = [
    ...(sessions > 0 ? [m.import_done({ count: sessions, number: numberWords(sessions) })] : []),
    ...(weights > 0 ? [m.import_done_weights({ count: weights, number: numberWords(weights) })] : []),
  ];
  return words.join(' ') || m.import_nothing_new();
}

/** Lines that are left out for one reason. */
export interface SkippedGroup {
  reason: SkipReason;
  count: number;
  /** `5`, `7–210`: lines one after the other are one range. */
  ranges: readonly string[];
}

/** What is left out, by reason, the commonest first: a file may have a hundred thousand such lines. */
export function skippedGroups(skipped: readonly SkippedRow[]): SkippedGroup[] {
  const byReason = new Map<SkipReason, number[]>();
  for (const { line, reason } of skipped) {
    const lines = byReason.get(reason) ?? [];
    if (lines.push(line) === 1) byReason.set(reason, lines);
  }
  const groups = [...byReason].map(([reason, lines]) => ({
    reason,
    count: lines.length,
    ranges: ranges(lines),
  }));
  return groups.sort((one, other) => other.count - one.count);
}

function ranges(lines: readonly number[]): string[] {
  const found: [from: number, to: number][] = [];
  for (const line of lines) {
    const last = found.at(-1);
    // A line with several sets may be left out several times.
    if (last && line <= last[1] + 1) last[1] = line;
    else found.push([line, line]);
  }
  return found.map(([from, to]) =>
    from === to ? numberWords(from) : `${numberWords(from)}–${numberWords(to)}`,
  );
}

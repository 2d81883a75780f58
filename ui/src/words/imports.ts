/** Files of other trackers in words: which they are from, and why rows of them are left out. */
import type { Import, ImportFormat, SkippedRow, SkipReason, UnitFinding, UnitSource } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { type Known, known, UNRECOGNISED } from './known';
import { isolated, namesWords } from './names';
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

/** A file that has no lines: its numbers are those of its entries. */
const hasEntries = (format: ImportFormat): boolean => format === 'ringside';

/** What the rows of a file are called. */
export function rowsWords(format: ImportFormat): string {
  return hasEntries(format) ? m.import_entries() : m.import_rows();
}

/** Where in a file `count` rows are. */
export function linesWords(format: ImportFormat, count: number, lines: string): string {
  return (hasEntries(format) ? m.import_entry_numbers : m.import_lines)({ count, lines });
}

/** How many rows are left out. */
export function skippedWords(format: ImportFormat, count: number): string {
  const words = hasEntries(format) ? m.import_skipped_entries : m.import_skipped_rows;
  return words({ count, number: numberWords(count) });
}

/** What an export of Ringside has that belongs to the studio it comes from. */
const LEFT_THERE: Readonly<Record<string, () => string>> = {
  templates: m.import_left_templates,
  notes: m.import_left_notes,
  journal_entries: m.import_left_journal,
};

/** What there is no place for. */
export function unusedWords({ format, unused_columns }: Import): string {
  if (format !== 'ringside') return m.import_unused({ columns: namesWords(unused_columns) });
  const parts = unused_columns.map((part) => known(LEFT_THERE, part)?.() ?? isolated(part));
  return m.import_left_there({ parts: parts.join(', ') });
}

/** How many of its weights are not here yet. */
export function newWeights({ weights, weights_here }: Import): number {
  return weights - weights_here;
}

/** What was read of a file, for whoever does not see it. */
export function readWords({ format, sets, weights, skipped }: Import): string {
  const what = [
    ...(sets > 0 || weights === 0 ? [m.import_read_sets({ count: sets, number: numberWords(sets) })] : []),
    ...(weights > 0 ? [m.import_listed_weights({ count: weights, number: numberWords(weights) })] : []),
    ...(skipped.length > 0 ? [skippedWords(format, skipped.length)] : []),
  ];
  return m.import_read({ what: what.join(', ') });
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

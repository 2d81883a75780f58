/** How it stands with a newer version, as sentences. */
import type { Update, UpdateProblem } from '../bridge/bridge';
import { m } from '../paraglide/messages';

const PROBLEMS: Record<UpdateProblem, () => string> = {
  unreachable: m.update_problem_unreachable,
  'no-answer': m.update_problem_no_answer,
  'server-error': m.update_problem_server_error,
  'not-understood': m.update_problem_not_understood,
  interrupted: m.update_problem_interrupted,
  'bad-signature': m.update_problem_bad_signature,
  'not-installed': m.update_problem_not_installed,
  'trains-elsewhere': m.update_problem_trains_elsewhere,
  'not-by-https': m.update_problem_not_by_https,
  disk: m.update_problem_disk,
  busy: m.update_problem_busy,
  internal: m.update_problem_internal,
};

/** What a person is told; a failure says what happened, why, and that this version goes on working. */
export function updateWords(update: Update): string {
  switch (update.state) {
    case 'unavailable':
      return m.update_unavailable();
    case 'unknown':
      return m.update_unknown();
    case 'checking':
      return m.update_checking();
    case 'newest':
      return m.update_newest();
    case 'downloading':
      return m.update_downloading({ version: update.version });
    case 'ready':
      return m.update_ready({ version: update.version });
    case 'installing':
      return m.update_installing({ version: update.version });
    case 'installed':
      return m.update_installed({ version: update.version });
    case 'failed': {
      const what = update.version ? m.update_failed({ version: update.version }) : m.update_failed_check();
      return `${what} ${(PROBLEMS[update.code] ?? m.update_problem_internal)()} ${m.update_goes_on()}`;
    }
  }
}

/** What is new, in the language of `locale` if it is told in that; else in English, else in whichever there is. */
export function newsWords(update: Update, locale: string): string | null {
  const notes = 'notes' in update ? update.notes : {};
  return notes[locale] ?? notes['en'] ?? Object.values(notes)[0] ?? null;
}

/** Bytes as megabytes with one decimal, in the language of `locale`. */
export function megabytes(bytes: number, locale: string): string {
  return (bytes / 1_000_000).toLocaleString(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** How far a download has come, in words. */
export function progressWords(update: Extract<Update, { state: 'downloading' }>, locale: string): string {
  const done = megabytes(update.done_bytes, locale);
  if (update.total_bytes === null) return m.update_progress_open({ done });
  return m.update_progress({ done, total: megabytes(update.total_bytes, locale) });
}

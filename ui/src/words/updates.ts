/** The state of the application's update, as sentences. */
import type { Update, UpdateProblem } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { getLocale } from '../paraglide/runtime';
import { perLanguage } from './per-language';

const PROBLEMS: Record<UpdateProblem, () => string> = {
  unreachable: m.update_problem_unreachable,
  'no-answer': m.update_problem_no_answer,
  'server-error': m.update_problem_server_error,
  'not-understood': m.update_problem_not_understood,
  interrupted: m.update_problem_interrupted,
  'too-large': m.update_problem_too_large,
  'bad-signature': m.update_problem_bad_signature,
  'not-installed': m.update_problem_not_installed,
  'trains-elsewhere': m.update_problem_trains_elsewhere,
  'not-by-https': m.update_problem_not_by_https,
  disk: m.update_problem_disk,
  busy: m.update_problem_busy,
  internal: m.update_problem_internal,
};

/** The state as a sentence. A failure says what happened, why, and that this version keeps working. */
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

/** What is new, and the language it is written in. */
export interface ReleaseNotes {
  text: string;
  lang: string;
}

/** What is new, in the language on screen if it is written in that; else in English, else in whichever there is. */
export function releaseNotes(update: Update): ReleaseNotes | null {
  const notes = 'notes' in update ? update.notes : {};
  const lang = [getLocale(), 'en', ...Object.keys(notes)].find((lang) => notes[lang] !== undefined);
  const text = lang && notes[lang];
  return lang && text ? { text, lang } : null;
}

const oneDecimal = perLanguage(
  (locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
);

/** Bytes as megabytes with one decimal. */
export function megabytes(bytes: number): string {
  return oneDecimal().format(bytes / 1_000_000);
}

/** How far a download has come, in words. */
export function progressWords(update: Extract<Update, { state: 'downloading' }>): string {
  const done = megabytes(update.done_bytes);
  if (update.total_bytes === null) return m.update_progress_open({ done });
  return m.update_progress({ done, total: megabytes(update.total_bytes) });
}

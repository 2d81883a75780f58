/** Videos on their way to an exercise, in words: what is wrong with a file, how far it is, why it was refused. */
import type { Failure, FailureCode, VideoUpload } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { type Known, known } from './known';
import { isolated } from './names';
import { perLanguage } from './per-language';
import { videoLimits } from './video-limits';

/** What a window finds wrong with a file. */
export const FILE_PROBLEMS = {
  several: () => m.video_several(),
  empty: () => m.video_empty(),
  'too-large': () => m.video_too_large(videoLimits()),
  'too-long': () => m.video_too_long(videoLimits()),
  'not-a-video': () => m.video_unreadable(),
  unreadable: () => m.video_file_gone(),
} as const;

type Sentences = Readonly<Partial<Record<Known<FailureCode>, () => string>>>;

/** What is otherwise said of these codes is about another moment. */
const STAGING: Sentences = {
  'disk-full': () => m.video_disk_full(),
  'upload-too-large': () => m.video_too_large(videoLimits()),
};

const REFUSALS: Sentences = {
  'not-found': () => m.video_refused_exercise(),
  'upload-too-large': () => m.video_too_large(videoLimits()),
};

/** Why the core did not take a file, where it is said differently from elsewhere. */
export function stagingWords({ code }: Failure): string | undefined {
  return known(STAGING, code)?.();
}

/** Why a video was refused, where it is said differently from elsewhere. */
export function refusalWords(code: FailureCode): string | undefined {
  return known(REFUSALS, code)?.();
}

/** The state of a video on its way, as a sentence; of a refused one the reason is said beside it. */
export function uploadWords({ state, sent_bytes, size_bytes }: VideoUpload, isOnline: boolean): string {
  const { done, total } = progress(sent_bytes, size_bytes);
  switch (state) {
    case 'waiting':
      return isOnline ? m.video_waiting() : m.video_offline();
    case 'sending':
      return isOnline ? m.video_sending({ done, total }) : m.video_interrupted({ done, total });
    case 'checking':
      return m.video_checking();
    case 'refused':
      return m.video_refused();
  }
}

/** That a video was refused, said away from its exercise. */
export function refusedUploadWords(exercise: string): string {
  return m.video_refused_for({ name: isolated(exercise) });
}

/** How far a file has come on its way to the core. */
export function copyWords(copied_bytes: number, size_bytes: number): string {
  return m.video_copying(progress(copied_bytes, size_bytes));
}

const whole = perLanguage((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }));
const tenths = perLanguage(
  (locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
);

/** Below this, whole megabytes say too little. */
const SMALL_MB = 10;

/** Both in megabytes and written alike. */
function progress(done_bytes: number, total_bytes: number): { done: string; total: string } {
  const total = total_bytes / 1_000_000;
  const format = total < SMALL_MB ? tenths() : whole();
  return { done: format.format(done_bytes / 1_000_000), total: format.format(total) };
}

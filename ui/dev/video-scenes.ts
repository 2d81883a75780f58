/** Scenes with videos: beside an athlete's plan, on demand for the trainer, and on their way in the library. */
import type { Exercise, Video, VideoUpload, View } from '../src/bridge/bridge';
import { ATHLETE, item, LIBRARY, round, session, TRAINER, view } from './fixtures';
import { FULL } from './library-scenes';
import type { Scene } from './scenes';
import { failure, type ByteAnswers } from './scripted';

export const VIDEO: Video = {
  id: 'v-bench',
  size_bytes: 4_800_000,
  duration_s: 2.5,
  width: 960,
  height: 540,
  media_type: 'video/webm',
  has_poster: true,
};
const UPRIGHT: Video = { ...VIDEO, id: 'v-upright', width: 540, height: 960 };

const [bench, squat] = LIBRARY as [Exercise, Exercise];
const long = LIBRARY.at(-1) ?? bench;
const HINT = 'Schulterblätter zusammen, Füße fest am Boden. Langsam ablassen.';

/** The film of the gallery, whichever is asked for. */
export const FILM: ByteAnswers = {
  readVideo: async (_id, part) => {
    const poster = new URL('./film.jpg', import.meta.url);
    const film = new URL('./film.webm', import.meta.url);
    return (await fetch(part === 'poster' ? poster : film)).arrayBuffer();
  },
};
const ABSENT: ByteAnswers = { readVideo: () => Promise.reject(failure('unreachable')) };
const NOT_PLAYABLE: ByteAnswers = {
  readVideo: (id, part) =>
    part === 'poster' && FILM.readVideo ? FILM.readVideo(id, part) : new ArrayBuffer(64),
};

const rounds = (video: Video | null, status: 'released' | 'active') => [
  round(1, status, [
    item('i-1', bench, { weight_kg: 82.5, reps: 8, effort: 7 }, { trainer_notes: HINT, video }),
    item('i-2', squat, { weight_kg: 100, reps: 5 }, { video }),
  ]),
];
const training = (video: Video | null, status: 'released' | 'active', more: Partial<View> = {}) =>
  view(ATHLETE, [session('active', rounds(video, status))], more);
const offline: Partial<View> = { link: { state: 'offline', waiting: 0, reason: 'unreachable' } };

export const filmed: Exercise = { ...(FULL[0] ?? bench), video: VIDEO };

const upload = (more: Partial<VideoUpload>): VideoUpload => ({
  exercise_id: filmed.id,
  name: 'IMG_4711 Bankdrücken von der Seite.mov',
  size_bytes: 48_000_000,
  sent_bytes: 12_000_000,
  state: 'sending',
  problem: null,
  ...more,
});

const library = (exercise: Exercise, more: Partial<View> = {}): Scene => ({
  view: () => view(TRAINER, [session('active')], { exercises: [exercise, ...FULL.slice(1)], ...more }),
  kept: { 'u-mira.library': { search: '', open: exercise.id } },
  clicks: ['open-library'],
  bytes: FILM,
});
const bare: Exercise = { ...filmed, video: null };

/** A file of so many bytes that begins like an MP4. */
function file(bytes: number, head: readonly number[] = [0, 0, 0, 24, 0x66, 0x74, 0x79, 0x70]): File {
  const content = new Uint8Array(bytes);
  content.set(head.slice(0, bytes));
  return new File([content], 'Bankdrücken.mp4', { type: 'video/mp4' });
}

export const VIDEO_SCENES: Record<string, Scene> = {
  'video-released': { view: () => training(VIDEO, 'released'), bytes: FILM },
  'video-round': { view: () => training(VIDEO, 'active'), bytes: FILM },
  'video-round-upright': { view: () => training(UPRIGHT, 'active'), bytes: FILM },
  'video-round-none': { view: () => training(null, 'active') },
  'video-round-long': {
    view: () =>
      view(ATHLETE, [
        session('active', [
          round(1, 'active', [
            item(
              'i-1',
              { ...long, fields: ['weight', 'reps', 'distance', 'time'] },
              { weight_kg: 102.5, reps: 12 },
              { trainer_notes: `${HINT} `.repeat(5).trim(), video: VIDEO },
            ),
          ]),
        ]),
      ]),
    bytes: FILM,
  },
  'video-not-here': { view: () => training(VIDEO, 'active', offline), bytes: ABSENT },
  'video-not-playable': { view: () => training(VIDEO, 'active'), bytes: NOT_PLAYABLE },
  'video-planned': {
    view: () =>
      view(TRAINER, [session('active', rounds(VIDEO, 'active'))], {
        exercises: [filmed, ...FULL.slice(1)],
      }),
    bytes: FILM,
  },
  'video-watched': {
    view: () => view(TRAINER, [session('active', rounds(VIDEO, 'active'))]),
    bytes: FILM,
    clicks: ['watch-video'],
  },
  'library-video': library(filmed),
  'library-video-none': library(bare),
  'library-video-sending': library(filmed, { uploads: [upload({})] }),
  'library-video-waiting': library(bare, {
    ...offline,
    uploads: [upload({ state: 'waiting', sent_bytes: 0 })],
  }),
  'library-video-interrupted': library(bare, { ...offline, uploads: [upload({})] }),
  'library-video-checking': library(bare, {
    uploads: [upload({ state: 'checking', sent_bytes: 48_000_000 })],
  }),
  'library-video-refused': library(filmed, {
    uploads: [upload({ state: 'refused', problem: 'not-a-video' })],
  }),
  'library-video-empty-file': { ...library(bare), drops: () => [file(0)] },
  'library-video-html': { ...library(filmed), drops: () => [file(400, [0x3c, 0x21, 0x64, 0x6f])] },
  'library-video-unseen': { ...library(bare), drops: () => [file(4_000)] },
  'library-video-no-room': {
    ...library(bare),
    answers: { stage_file: () => Promise.reject(failure('disk-full')) },
    drops: () => [file(4_000)],
    after: ['send-unseen'],
  },
  'library-video-copying': {
    ...library(bare),
    answers: { stage_file: () => ({ id: 'f-1' }), discard_file: () => null },
    bytes: { ...FILM, putFile: (_file, at) => (at === 0 ? 7_340_032 : new Promise<never>(() => undefined)) },
    drops: () => [file(24_000_000)],
    after: ['send-unseen'],
  },
};

/** A video is given to an exercise: chosen or dropped, looked at, handed to the core, seen on its way, removed. */
import { describe, expect, it } from 'vitest';

import type { Exercise, StagedFileId, Unrecognised, VideoUpload, View } from '../src/bridge/bridge';
import { FILE_PIECE_BYTES } from '../src/bridge/generated';
import { cause, TRAINER, view } from '../dev/fixtures';
import { drop } from '../dev/drop';
import { FULL } from '../dev/library-scenes';
import { failure, type Answers, type ByteAnswers } from '../dev/scripted';
import { VIDEO } from '../dev/video-scenes';
import { isolated } from '../src/words/names';
import { fakeBrowser } from './fake-browser-video';
import * as windows from './window';
import type { Window } from './window';

const [bench] = FULL as [Exercise];
const filmed: Exercise = { ...bench, video: VIDEO };
const MP4_HEAD = [0, 0, 0, 24, 0x66, 0x74, 0x79, 0x70, 0x69, 0x73, 0x6f, 0x6d];
const POSTER = new Blob([new Uint8Array(900)], { type: 'image/jpeg' });

/** Reading a file and handing it over are many steps. */
async function settle(): Promise<void> {
  for (let i = 0; i < 8; i++) {
    await windows.settle();
    // A file is read outside of all promises.
    await new Promise((go) => setTimeout(go));
  }
}

/** A file of so many bytes; `size` is said of it without there being so many. */
function file(bytes: number, { head = MP4_HEAD, name = 'Bank.mp4', size = bytes } = {}): File {
  const content = new Uint8Array(bytes);
  content.set(head.slice(0, bytes));
  const made = new File([content], name);
  return size === bytes ? made : Object.defineProperty(made, 'size', { value: size });
}

interface Core {
  window: Window;
  /** What was handed over, by file. */
  staged: Map<StagedFileId, number>;
}

/** The library with an exercise open. */
async function library(
  exercise: Exercise,
  {
    answers = {},
    bytes = {},
    more = {},
  }: { answers?: Answers; bytes?: ByteAnswers; more?: Partial<View> } = {},
): Promise<Core> {
  const staged = new Map<StagedFileId, number>();
  localStorage.setItem('ringside.u-mira.library', JSON.stringify({ search: '', open: exercise.id }));
  const window = await windows.open(
    view(TRAINER, [], { exercises: [exercise, ...FULL.slice(1)], ...more }),
    {
      stage_file: () => ({ id: `f-${String(staged.size + 1)}` }),
      discard_file: () => null,
      set_exercise_video: () => null,
      cancel_video_upload: () => null,
      remove_exercise_video: () => null,
      ...answers,
    },
    {
      readVideo: () => new ArrayBuffer(8),
      putFile: (id, at, piece) => {
        staged.set(id, at + piece.length);
        return at + piece.length;
      },
      ...bytes,
    },
  );
  await window.click('open-library');
  await settle();
  return { window, staged };
}

async function dropped(window: Window, ...files: File[]): Promise<void> {
  drop(window.find('exercise-video'), files);
  await settle();
}

async function click(window: Window, testid: string): Promise<void> {
  await window.click(testid);
  await settle();
}

const problem = (window: Window) => window.find('video-failure');
const upload = (more: Partial<VideoUpload> = {}): VideoUpload => ({
  exercise_id: bench.id,
  name: 'Bank.mp4',
  size_bytes: 48_000_000,
  sent_bytes: 12_000_000,
  state: 'sending',
  problem: null,
  ...more,
});

async function tell(window: Window, ...uploads: VideoUpload[]): Promise<void> {
  window.bridge.emit({ type: 'uploads', uploads });
  await settle();
}

async function isSaved(window: Window, entity: Exercise): Promise<void> {
  window.bridge.emit({
    type: 'entity',
    document: { kind: 'exercise', entity },
    permits: null,
    cause: cause('exercise-saved'),
  });
  await settle();
}

describe('a chosen file', () => {
  it('goes to the core piece by piece, with its poster, and is its from then on', async () => {
    fakeBrowser.preview = { duration_s: 12, poster: POSTER };
    let inFlight = 0;
    let most = 0;
    const pieces: [StagedFileId, number, number][] = [];
    const { window } = await library(bench, {
      answers: { stage_file: ({ size_bytes }) => ({ id: size_bytes === 900 ? 'f-poster' : 'f-video' }) },
      bytes: {
        putFile: async (id, at, piece) => {
          most = Math.max(most, ++inFlight);
          await Promise.resolve();
          inFlight -= 1;
          pieces.push([id, at, piece.length]);
          return at + piece.length;
        },
      },
    });
    await dropped(window, file(2 * FILE_PIECE_BYTES + 5));
    expect(pieces).toEqual([
      ['f-video', 0, FILE_PIECE_BYTES],
      ['f-video', FILE_PIECE_BYTES, FILE_PIECE_BYTES],
      ['f-video', 2 * FILE_PIECE_BYTES, 5],
      ['f-poster', 0, 900],
    ]);
    expect(most).toBe(1);
    expect(window.asked('set_exercise_video')).toEqual([
      {
        exercise_id: bench.id,
        name: 'Bank.mp4',
        media_type: 'video/mp4',
        video: 'f-video',
        poster: 'f-poster',
      },
    ]);
    expect(window.asked('discard_file')).toEqual([]);
    expect(window.app.chosenVideos.size).toBe(0);
  });

  it('is chosen by a button as well, and the same one can be chosen twice', async () => {
    fakeBrowser.preview = { duration_s: 12, poster: POSTER };
    const { window } = await library(bench);
    const input = window.find('video-file') as HTMLInputElement;
    let isOpened = 0;
    input.click = () => (isOpened += 1);
    await click(window, 'choose-video');
    expect(isOpened).toBe(1);
    expect(input.accept).toContain('video/mp4');
    Object.defineProperty(input, 'files', { value: [file(40)], configurable: true });
    input.dispatchEvent(new Event('change', { bubbles: true }));
    await settle();
    input.dispatchEvent(new Event('change', { bubbles: true }));
    await settle();
    expect(window.asked('set_exercise_video')).toHaveLength(2);
    expect(input.value).toBe('');
  });

  it.each([
    ['empty', [file(0)], 'leer'],
    ['too-large', [file(40, { size: 50_000_001 })], '50 MB'],
    ['not-a-video', [file(60, { head: [0x3c, 0x21, 0x64, 0x6f, 0x63] })], 'nicht als Video lesen'],
    ['several', [file(40), file(40)], 'einzige Datei'],
  ] as const)('is not sent when it is wrong, and says why: %s', async (code, files, words) => {
    fakeBrowser.preview = { duration_s: 12, poster: POSTER };
    const { window } = await library(filmed);
    await dropped(window, ...files);
    expect(problem(window).dataset['code']).toBe(code);
    expect(problem(window).textContent).toContain(words);
    expect(problem(window).textContent).toContain('Das bisherige Video bleibt.');
    expect(window.asked('stage_file')).toEqual([]);
    expect(fakeBrowser.previewed).toEqual([]);
    await click(window, 'cancel-video');
    expect(window.has('video-failure')).toBe(false);
  });

  it('is not sent when it is longer than ten minutes', async () => {
    fakeBrowser.preview = { duration_s: 601, poster: POSTER };
    const { window } = await library(bench);
    await dropped(window, file(40));
    expect(problem(window).textContent).toContain('zehn Minuten');
    expect(window.asked('stage_file')).toEqual([]);
  });

  it('is sent when it does not say how long it is', async () => {
    fakeBrowser.preview = { duration_s: Infinity, poster: POSTER };
    const { window } = await library(bench);
    await dropped(window, file(40));
    expect(window.asked('set_exercise_video')).toHaveLength(1);
  });

  it('that this computer can’t show is sent without a poster, if they want', async () => {
    fakeBrowser.preview = null;
    const { window } = await library(bench);
    await dropped(window, file(40, { head: [0x1a, 0x45, 0xdf, 0xa3] }));
    expect(window.find('video-unseen').textContent).toContain('kein Vorschaubild');
    expect(window.asked('stage_file')).toEqual([]);
    await click(window, 'send-unseen');
    expect(window.asked('set_exercise_video')).toMatchObject([{ media_type: 'video/webm', poster: null }]);
  });

  it('that can’t be read any more says so', async () => {
    const gone = file(40);
    gone.slice = () => {
      throw new DOMException('', 'NotReadableError');
    };
    const { window } = await library(bench);
    await dropped(window, gone);
    expect(problem(window).dataset['code']).toBe('unreadable');
  });

  it('that disappears while it is handed over leaves nothing behind', async () => {
    fakeBrowser.preview = { duration_s: 12, poster: POSTER };
    const going = file(2 * FILE_PIECE_BYTES);
    const slice = going.slice.bind(going);
    going.slice = (from, to) => {
      if (from === FILE_PIECE_BYTES) throw new DOMException('', 'NotReadableError');
      return slice(from, to);
    };
    const { window } = await library(bench);
    await dropped(window, going);
    expect(problem(window).textContent).toContain('nicht mehr lesen');
    expect(window.asked('discard_file')).toEqual([{ file: 'f-1' }]);
    expect(window.asked('set_exercise_video')).toEqual([]);
  });
});

describe('the core does not take it', () => {
  it.each([
    ['disk-full', 'Schaffe Platz und versuche es noch einmal'],
    ['upload-too-large', 'größer als 50 MB'],
    ['internal', 'Fehler'],
  ] as const)('%s', async (code, words) => {
    fakeBrowser.preview = { duration_s: 12, poster: POSTER };
    let isFull = true;
    const { window } = await library(bench, {
      answers: {
        stage_file: () => (isFull ? Promise.reject(failure(code)) : { id: 'f-1' }),
      },
    });
    await window.app.failures.load();
    await dropped(window, file(40));
    expect(problem(window).dataset['code']).toBe(code);
    expect(problem(window).textContent).toContain(words);
    isFull = false;
    await click(window, 'retry-video');
    expect(window.asked('set_exercise_video')).toHaveLength(1);
    expect(window.has('video-failure')).toBe(false);
  });

  it('when a piece is refused, what it has is discarded', async () => {
    fakeBrowser.preview = { duration_s: 12, poster: POSTER };
    const { window } = await library(bench, {
      bytes: {
        putFile: (_id, at, piece) => (at === 0 ? piece.length : Promise.reject(failure('disk-full'))),
      },
    });
    await dropped(window, file(2 * FILE_PIECE_BYTES));
    expect(window.asked('discard_file')).toEqual([{ file: 'f-1' }]);
    expect(problem(window).dataset['code']).toBe('disk-full');
  });
});

describe('handing over', () => {
  /** A core that takes one piece and then waits. */
  async function half(exercise = bench): Promise<Core & { go: () => void }> {
    fakeBrowser.preview = { duration_s: 12, poster: POSTER };
    let go: () => void = () => undefined;
    const core = await library(exercise, {
      bytes: {
        putFile: (_id, at, piece) =>
          at === 0
            ? piece.length
            : new Promise((resolve) => {
                go = () => {
                  resolve(at + piece.length);
                };
              }),
      },
    });
    await dropped(core.window, file(2 * FILE_PIECE_BYTES));
    return {
      ...core,
      go: () => {
        go();
      },
    };
  }

  it('shows how far it is', async () => {
    const { window } = await half();
    expect(window.find('progress-words').textContent).toBe('Wird übernommen: 1,0 von 2,1 MB');
    const bar = document.querySelector('progress');
    expect([bar?.value, bar?.max]).toEqual([FILE_PIECE_BYTES, 2 * FILE_PIECE_BYTES]);
    expect(bar?.getAttribute('aria-label')).toBe(`Fortschritt von ${isolated('Bank.mp4')}`);
  });

  it('is cancelled, and the core forgets what it has', async () => {
    const { window, go } = await half();
    await click(window, 'cancel-video');
    expect(window.has('progress-words')).toBe(false);
    expect(window.asked('discard_file')).toEqual([{ file: 'f-1' }]);
    go();
    await settle();
    expect(window.asked('set_exercise_video')).toEqual([]);
    expect(window.asked('stage_file')).toHaveLength(1);
  });

  it('goes on while the library is closed', async () => {
    const { window, go } = await half();
    await click(window, 'open-today');
    go();
    await settle();
    expect(window.asked('set_exercise_video')).toHaveLength(1);
  });

  it('is replaced by what is chosen next', async () => {
    const { window } = await half();
    await dropped(window, file(40, { name: 'Neu.mp4' }));
    expect(window.asked('discard_file')).toEqual([{ file: 'f-1' }]);
    expect(window.asked('set_exercise_video')).toMatchObject([{ name: 'Neu.mp4' }]);
  });

  it('ends when somebody else is signed in', async () => {
    const { window } = await half();
    window.bridge.emit({ type: 'view', view: view(null) });
    await settle();
    expect(window.app.chosenVideos.size).toBe(0);
    expect(window.asked('discard_file')).toEqual([{ file: 'f-1' }]);
  });

  it('is counted when the window is about to be closed', async () => {
    const { window } = await half();
    window.bridge.emit({ type: 'closing' });
    await settle();
    expect(window.find('closing').textContent).toContain('bevor das Video übernommen ist');
    expect(window.find('closing-videos').textContent).toContain('Ein Video ist noch nicht übernommen');
    expect(window.find('closing').textContent).not.toContain('Training');
  });
});

describe('on its way', () => {
  it('says how far it is, aloud only at each quarter', async () => {
    const { window } = await library(filmed, { more: { uploads: [upload()] } });
    expect(window.find('progress-words').textContent).toBe('Wird hochgeladen: 12 von 48 MB');
    expect(window.find('video-spoken').textContent).toBe('Hochgeladen: 25 %');
    await tell(window, upload({ sent_bytes: 20_000_000 }));
    expect(window.find('progress-words').textContent).toBe('Wird hochgeladen: 20 von 48 MB');
    expect(window.find('video-spoken').textContent).toBe('Hochgeladen: 25 %');
    await tell(window, upload({ sent_bytes: 24_000_000 }));
    expect(window.find('video-spoken').textContent).toBe('Hochgeladen: 50 %');
    expect(document.querySelector('progress')?.value).toBe(24_000_000);
    expect(window.has('video')).toBe(true);
  });

  it.each([
    ['waiting', 'live', 'sobald es an der Reihe ist'],
    ['waiting', 'offline', 'Wartet auf die Verbindung'],
    ['sending', 'offline', 'Unterbrochen bei 12 von 48 MB'],
    ['checking', 'live', 'Der Server prüft das Video'],
  ] as const)('%s while %s', async (state, link, words) => {
    const { window } = await library(bench, {
      more: { uploads: [upload({ state })], link: { state: link, waiting: 0, reason: null } },
    });
    expect(window.find('video-upload').dataset['state']).toBe(state);
    expect(window.find('progress-words').textContent).toContain(words);
  });

  it('is cancelled', async () => {
    const { window } = await library(bench, { more: { uploads: [upload()] } });
    await click(window, 'cancel-video');
    expect(window.asked('cancel_video_upload')).toEqual([{ exercise_id: bench.id }]);
    await tell(window);
    expect(window.has('progress-words')).toBe(false);
    expect(window.has('cancel-video')).toBe(false);
  });

  it('arrives: the new video takes the place of the old one, and is announced', async () => {
    const { window } = await library(filmed, { more: { uploads: [upload({ state: 'checking' })] } });
    await isSaved(window, { ...filmed, video: { ...VIDEO, id: 'v-new' }, version: 2 });
    await tell(window);
    expect(window.bridge.reads.at(-1)?.id).toBe('v-new');
    expect(window.find('announcement').textContent).toBe(`Das Video von ${isolated('Bankdrücken')} ist da.`);
  });

  it.each([
    ['not-a-video', 'nicht als Video verwenden'],
    ['not-found', 'gibt es auf dem Server nicht mehr'],
    ['file-missing', 'nicht mehr auf diesem Rechner'],
    ['role-forbidden', 'darf dein Konto nicht'],
  ])('is refused with a sentence, and another file can be chosen: %s', async (code, words) => {
    fakeBrowser.preview = { duration_s: 12, poster: POSTER };
    const refused = upload({ state: 'refused', problem: code as Unrecognised });
    const { window } = await library(filmed, { more: { uploads: [refused] } });
    await window.app.failures.load();
    await settle();
    const said = window.find('video-refused').textContent;
    for (const part of ['Bank.mp4', 'nicht angenommen', words, 'Das bisherige Video bleibt.'])
      expect(said).toContain(part);
    expect(window.find('choose-video').textContent).toContain('Andere wählen');
    await dropped(window, file(40));
    expect(window.asked('set_exercise_video')).toHaveLength(1);
  });

  it('is refused while they are elsewhere: a notice says so, once', async () => {
    const { window } = await library(bench, { more: { uploads: [upload()] } });
    await click(window, 'open-today');
    const refused = upload({ state: 'refused', problem: 'not-found' });
    await tell(window, refused);
    await tell(window, refused);
    const notices = [...document.querySelectorAll('[data-testid="notice"]')].map((it) => it.textContent);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain(isolated('Bankdrücken'));
  });

  it('is said in the list as well', async () => {
    const { window } = await library(bench, { more: { uploads: [upload()] } });
    const row = () =>
      document.querySelector(`[data-testid="exercise-row"][data-id="${bench.id}"]`)?.textContent;
    expect(row()).toContain('Video unterwegs');
    await tell(window, upload({ state: 'refused', problem: 'not-found' }));
    expect(row()).toContain('Video nicht angenommen');
    await tell(window);
    await isSaved(window, filmed);
    expect(row()).toContain('mit Video');
  });
});

describe('the video an exercise has', () => {
  it('is not read before somebody wants to see it, and then has room of its own', async () => {
    const { window } = await library(filmed);
    expect(window.bridge.reads).toEqual([{ id: VIDEO.id, part: 'poster' }]);
    await click(window, 'toggle-video');
    expect(window.find('video-dialog').textContent).toContain('Bankdrücken');
    expect(window.bridge.reads.at(-1)).toEqual({ id: VIDEO.id, part: 'video' });
    expect(fakeBrowser.isPlaying).toBe(true);
  });

  it('is removed, and brought back for ten seconds', async () => {
    const { window, staged } = await library(filmed);
    await click(window, 'remove-video');
    expect(window.asked('remove_exercise_video')).toEqual([{ exercise_id: bench.id }]);
    await isSaved(window, { ...bench, version: 2 });
    expect(window.has('video')).toBe(false);
    await click(window, 'undo');
    expect([...staged.values()]).toEqual([8, 8]);
    expect(window.asked('set_exercise_video')).toEqual([
      {
        exercise_id: bench.id,
        name: 'Bankdrücken',
        media_type: VIDEO.media_type,
        video: 'f-1',
        poster: 'f-2',
      },
    ]);
  });

  it('says so when it can’t be brought back, and tries again', async () => {
    let isGone = false;
    const { window } = await library(filmed, {
      bytes: {
        readVideo: () => (isGone ? Promise.reject(failure('unreachable')) : new ArrayBuffer(8)),
      },
    });
    await click(window, 'remove-video');
    isGone = true;
    await click(window, 'undo');
    expect(problem(window).dataset['code']).toBe('unreachable');
    isGone = false;
    await click(window, 'retry-video');
    expect(window.asked('set_exercise_video')).toHaveLength(1);
  });

  it('stays when it can’t be removed, with the reason', async () => {
    const { window } = await library(filmed, {
      answers: { remove_exercise_video: () => Promise.reject(failure('version-mismatch')) },
    });
    await click(window, 'remove-video');
    expect(window.find('failure').dataset['code']).toBe('version-mismatch');
    expect(window.has('video')).toBe(true);
    expect(window.has('undo')).toBe(false);
  });

  it('comes after the exercise: a new one is saved first', async () => {
    const { window } = await library(bench);
    await click(window, 'new-exercise');
    expect(window.has('choose-video')).toBe(false);
    expect(window.text()).toContain('Speichere die Übung');
  });
});

describe('a file dropped beside the box', () => {
  it('is not opened in the place of the window', async () => {
    const { window } = await library(bench);
    const event = new Event('drop', { bubbles: true, cancelable: true });
    const dataTransfer = { types: ['Files'], files: [file(40)], dropEffect: 'copy' };
    Object.defineProperty(event, 'dataTransfer', { value: dataTransfer });
    expect(window.find('exercise-name').dispatchEvent(event)).toBe(false);
    expect(dataTransfer.dropEffect).toBe('none');
    await settle();
    expect(window.asked('stage_file')).toEqual([]);
  });

  it('a text may still be dropped on a field', async () => {
    const { window } = await library(bench);
    const event = new Event('drop', { bubbles: true, cancelable: true });
    Object.defineProperty(event, 'dataTransfer', { value: { types: ['text/plain'], files: [] } });
    expect(window.find('exercise-name').dispatchEvent(event)).toBe(true);
  });
});

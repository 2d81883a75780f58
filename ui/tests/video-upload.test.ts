/** A video is given to an exercise: chosen or dropped, looked at, handed to the core. */
import { describe, expect, it } from 'vitest';

import type { StagedFileId } from '../src/bridge/bridge';
import { FILE_PIECE_BYTES } from '../src/bridge/generated';
import { view } from '../dev/fixtures';
import { failure } from '../dev/scripted';
import { isolated } from '../src/words/names';
import { fakeBrowser } from './fake-browser-video';
import {
  bench,
  filmed,
  POSTER,
  settle,
  file,
  type Core,
  library,
  dropped,
  click,
  problem,
} from './video-window';

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
    expect(problem(window).textContent).toContain('10 Minuten');
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

/** Videos that are played: beside an athlete's plan by themselves, for the trainer on demand. */
import { describe, expect, it, vi } from 'vitest';

import type { Video, View } from '../src/bridge/bridge';
import { ATHLETE, item, LIBRARY, round, session, TRAINER, view } from '../dev/fixtures';
import { failure, type ByteAnswers } from '../dev/scripted';
import { VIDEO } from '../dev/video-scenes';
import { fakeBrowser } from './fake-browser-video';
import * as windows from './window';
import type { Window } from './window';

const [bench, squat] = LIBRARY as [(typeof LIBRARY)[0], (typeof LIBRARY)[0]];
const OTHER: Video = { ...VIDEO, id: 'v-squat' };
const FILM: ByteAnswers = { readVideo: () => new ArrayBuffer(8) };

const plan = (status: 'released' | 'active') =>
  round(1, status, [
    item('i-1', bench, { reps: 8 }, { video: VIDEO }),
    item('i-2', squat, { reps: 5 }, { video: OTHER }),
    item('i-3', bench, { reps: 3 }),
  ]);
const trains = (status: 'released' | 'active' = 'released', more: Partial<View> = {}) =>
  view(ATHLETE, [session('active', [plan(status)])], more);
const offline: View['link'] = { state: 'offline', waiting: 0, reason: 'unreachable' };

/** A player is loaded, then its video is read, then it plays: each a step after the other. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await windows.settle();
}

async function open(...window: Parameters<typeof windows.open>): Promise<Window> {
  const opened = await windows.open(...window);
  await settle();
  return opened;
}

async function click(window: Window, testid: string): Promise<void> {
  await window.click(testid);
  await settle();
}

const state = (window: Window) => window.find('video').dataset['state'];
const film = () => document.querySelector('video');
const read = (window: Window) => window.bridge.reads.map(({ id, part }) => `${id} ${part}`);

/** The first picture of the video is there. */
async function firstPicture(): Promise<void> {
  film()?.dispatchEvent(new Event('loadeddata'));
  await settle();
}

describe('the video of the exercise at hand', () => {
  it('plays as soon as the round is released, muted and in a loop', async () => {
    const window = await open(trains(), {}, FILM);
    expect(state(window)).toBe('loading');
    expect(film()).toMatchObject({ muted: true, loop: true });
    expect(film()?.hasAttribute('playsinline')).toBe(true);
    expect(film()?.hasAttribute('crossorigin')).toBe(false);
    expect(fakeBrowser.isPlaying).toBe(true);
    await firstPicture();
    expect(state(window)).toBe('playing');
  });

  it('shows its poster first, and keeps it below until the first picture is there', async () => {
    let bring: (bytes: ArrayBuffer) => void = () => undefined;
    const readVideo: ByteAnswers['readVideo'] = (_id, part) =>
      part === 'poster' ? new ArrayBuffer(8) : new Promise((resolve) => (bring = resolve));
    const window = await open(trains(), {}, { readVideo });
    expect(window.find('video').querySelector('img')?.getAttribute('alt')).toBe('');
    expect(film()).toBeNull();
    bring(new ArrayBuffer(8));
    await settle();
    expect(film()?.classList.contains('waits')).toBe(true);
    await firstPicture();
    expect(film()?.classList.contains('waits')).toBe(false);
  });

  it('is the only one that is read, and gives its memory back when the next exercise comes', async () => {
    const window = await open(trains('active'), {}, FILM);
    expect(read(window)).toEqual(['v-bench poster', 'v-bench video']);
    const steps = document.querySelectorAll<HTMLElement>('[data-testid="exercise-step"]');
    steps[1]?.click();
    await settle();
    expect(read(window).slice(2)).toEqual(['v-squat poster', 'v-squat video']);
    expect(fakeBrowser.addresses.size).toBe(2);
    steps[2]?.click();
    await settle();
    expect(window.has('video')).toBe(false);
    expect(fakeBrowser.addresses.size).toBe(0);
  });

  it('gives back what arrives after the exercise is gone', async () => {
    let bring: (bytes: ArrayBuffer) => void = () => undefined;
    const window = await open(trains('active'), {}, { readVideo: () => new Promise((r) => (bring = r)) });
    document.querySelectorAll<HTMLElement>('[data-testid="exercise-step"]')[2]?.click();
    await settle();
    bring(new ArrayBuffer(8));
    await settle();
    expect(window.has('video')).toBe(false);
    expect(fakeBrowser.addresses.size).toBe(0);
  });

  it('goes on playing when something of the round changes', async () => {
    const window = await open(trains('released'), {}, FILM);
    const before = film();
    await window.deliver(session('active', [plan('active')], { version: 2 }), 'round-started', 'r-1');
    expect(film()).toBe(before);
    expect(read(window)).toHaveLength(2);
  });

  it('stops while nobody can see it, and goes on after that', async () => {
    await open(trains(), {}, FILM);
    fakeBrowser.show(false);
    await settle();
    expect(fakeBrowser.isPlaying).toBe(false);
    fakeBrowser.show(true);
    await settle();
    expect(fakeBrowser.isPlaying).toBe(true);
  });

  it('is stopped and started by its button', async () => {
    const window = await open(trains(), {}, FILM);
    await firstPicture();
    expect(window.find('toggle-video').getAttribute('aria-label')).toContain('anhalten');
    await click(window, 'toggle-video');
    expect([fakeBrowser.isPlaying, state(window)]).toEqual([false, 'paused']);
    expect(window.find('toggle-video').getAttribute('aria-label')).toContain('abspielen');
    await click(window, 'toggle-video');
    expect([fakeBrowser.isPlaying, state(window)]).toEqual([true, 'playing']);
  });

  it('waits for whoever prefers that nothing moves by itself', async () => {
    fakeBrowser.prefersStillness = true;
    const window = await open(trains(), {}, FILM);
    expect(state(window)).toBe('poster');
    expect(read(window)).toEqual(['v-bench poster']);
    await click(window, 'toggle-video');
    expect(read(window)).toEqual(['v-bench poster', 'v-bench video']);
    expect(fakeBrowser.isPlaying).toBe(true);
  });

  it('shows a button where the system does not let it begin by itself', async () => {
    fakeBrowser.refusal = new DOMException('', 'NotAllowedError');
    const window = await open(trains(), {}, FILM);
    expect(state(window)).toBe('poster');
    fakeBrowser.refusal = null;
    await click(window, 'toggle-video');
    expect(fakeBrowser.isPlaying).toBe(true);
  });

  it('needs no poster', async () => {
    const bare = { ...VIDEO, has_poster: false };
    const of = round(1, 'released', [item('i-1', bench, { reps: 8 }, { video: bare })]);
    const window = await open(view(ATHLETE, [session('active', [of])]), {}, FILM);
    expect(read(window)).toEqual(['v-bench video']);
    expect(window.find('video').querySelector('img')).toBeNull();
  });
});

describe('a video that can’t be played', () => {
  it.each([
    ['by an error', () => film()?.dispatchEvent(new Event('error'))],
    [
      'by a refusal',
      () => {
        fakeBrowser.refusal = new DOMException('', 'NotSupportedError');
        fakeBrowser.show(false);
        fakeBrowser.show(true);
      },
    ],
  ])('leaves its poster and says so, told %s', async (_how, tell) => {
    const window = await open(trains(), {}, FILM);
    tell();
    await settle();
    fakeBrowser.show(false);
    await settle();
    fakeBrowser.show(true);
    await settle();
    expect(window.find('video-problem').textContent).toBe('Dieses Gerät kann das Video nicht abspielen.');
    expect(film()).toBeNull();
    expect(window.find('video').querySelector('img')).not.toBeNull();
    expect(window.has('toggle-video')).toBe(false);
  });

  it('is not on the device yet: it is read once the connection is back', async () => {
    let isThere = false;
    const readVideo: ByteAnswers['readVideo'] = () =>
      isThere ? new ArrayBuffer(8) : Promise.reject(failure('unreachable'));
    const window = await open(trains('active', { link: offline }), {}, { readVideo });
    expect(window.find('video-problem').textContent).toContain('noch nicht auf diesem Gerät');
    expect(window.find('planned').textContent).toContain('8');
    isThere = true;
    const link: View['link'] = { state: 'live', waiting: 0, reason: null };
    window.bridge.emit({ type: 'link', link, clock_offset_ms: 0 });
    await settle();
    expect(window.has('video-problem')).toBe(false);
    expect(fakeBrowser.isPlaying).toBe(true);
  });

  it.each([
    ['not-found', 'gibt es nicht mehr'],
    ['replica', 'lässt sich gerade nicht laden'],
  ] as const)('says why it is not there: %s', async (code, words) => {
    const window = await open(trains(), {}, { readVideo: () => Promise.reject(failure(code)) });
    expect(window.find('video-problem').textContent).toContain(words);
  });
});

describe('for the trainer', () => {
  const desk = (more: Partial<View> = {}) =>
    view(TRAINER, [session('active', [plan('active')])], {
      exercises: [{ ...bench, video: VIDEO }, squat],
      ...more,
    });

  it('a video of the round is read when it is asked for, and let go when it is closed', async () => {
    const window = await open(desk(), {}, FILM);
    expect(read(window)).toEqual([]);
    await click(window, 'watch-video');
    expect(window.find('video-dialog').textContent).toContain('Bankdrücken');
    await vi.waitFor(() => {
      expect(fakeBrowser.isPlaying).toBe(true);
    }, windows.PATIENT);
    await click(window, 'close-video');
    expect(window.has('video-dialog')).toBe(false);
    expect(fakeBrowser.addresses.size).toBe(0);
  });

  it('an exercise without a video has no button', async () => {
    await open(desk(), {}, FILM);
    expect(document.querySelectorAll('[data-testid="watch-video"]')).toHaveLength(2);
  });

  it('a planned exercise shows its video as well', async () => {
    const window = await open(
      view(TRAINER, [session('active')], { exercises: [{ ...bench, video: VIDEO }] }),
    );
    await click(window, 'new-round');
    await window.type('exercise-search', 'bank');
    await click(window, 'exercise-option');
    await click(window, 'watch-video');
    expect(window.find('video-dialog').textContent).toContain('Bankdrücken');
  });

  it('an open video is not for the next person', async () => {
    const window = await open(desk(), {}, FILM);
    await click(window, 'watch-video');
    window.bridge.emit({ type: 'view', view: view(null) });
    await settle();
    expect(window.has('video-dialog')).toBe(false);
  });
});

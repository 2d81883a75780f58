/** The posters of the exercises in the library’s list: read when they come into sight, few at a time. */
import { beforeEach, describe, expect, it } from 'vitest';

import type { Exercise, Video } from '../src/bridge/bridge';
import { MOST_READS } from '../src/state/poster-queue';
import { exercise, session, TRAINER, view } from '../dev/fixtures';
import { failure, type ByteAnswers } from '../dev/scripted';
import { VIDEO } from '../dev/video-scenes';
import { fakeBrowser } from './fake-browser-video';
import { open, settle, type Window } from './window';

const filmed = (name: string, more: Partial<Video> = {}): Exercise => ({
  ...exercise(name, 'chest', 'reps'),
  video: { ...VIDEO, id: `v-${name}`, ...more },
});
const numbered = (count: number) => Array.from({ length: count }, (_, i) => filmed(`u${String(100 + i)}`));

async function list(exercises: Exercise[], bytes: ByteAnswers = {}): Promise<Window> {
  const readVideo = () => new ArrayBuffer(8);
  const window = await open(view(TRAINER, [session('active')], { exercises }), {}, { readVideo, ...bytes });
  await window.click('open-library');
  return window;
}

const row = (name: string) =>
  document.querySelector(
    `[data-testid="exercise-row"][data-id="${exercise(name, 'chest').id}"]`,
  ) as HTMLElement;
const thumbnail = (name: string) => row(name).querySelector('[data-testid="thumbnail"]') as HTMLElement;
const read = (window: Window) => window.bridge.reads.map(({ id, part }) => `${id} ${part}`);

async function show(name: string, isInSight = true): Promise<void> {
  fakeBrowser.showElement(thumbnail(name), isInSight);
  await settle();
}

describe('a thumbnail', () => {
  beforeEach(() => {
    fakeBrowser.isAllInSight = false;
  });

  it('is read when it comes into sight, and an icon until then', async () => {
    const window = await list([filmed('bank'), filmed('zug')]);
    expect(read(window)).toEqual([]);
    expect(thumbnail('bank').querySelector('svg')).not.toBeNull();
    await show('bank');
    expect(read(window)).toEqual(['v-bank poster']);
    expect(thumbnail('bank').querySelector('img')?.getAttribute('alt')).toBe('');
    expect(thumbnail('zug').querySelector('img')).toBeNull();
  });

  it('is an icon where a video has no poster, and where there is no video', async () => {
    const window = await list([filmed('bank', { has_poster: false }), exercise('zug', 'chest', 'reps')]);
    await show('bank');
    expect(read(window)).toEqual([]);
    expect(thumbnail('bank').querySelector('svg')).not.toBeNull();
    expect(row('zug').querySelector('svg')).not.toBeNull();
  });

  it('stays an icon where the poster can’t be read, until the connection is another one', async () => {
    let isAway = true;
    const window = await list([filmed('bank')], {
      readVideo: () => (isAway ? Promise.reject(failure('unreachable')) : new ArrayBuffer(8)),
    });
    await show('bank');
    expect(thumbnail('bank').querySelector('img')).toBeNull();
    isAway = false;
    window.bridge.emit({
      type: 'link',
      link: { state: 'polling', waiting: 0, reason: null },
      clock_offset_ms: 0,
    });
    await settle();
    expect(thumbnail('bank').querySelector('img')).not.toBeNull();
  });

  it('is still said in words to whoever sees no pictures', async () => {
    await list([filmed('bank')]);
    expect(row('bank').textContent).toContain('mit Video');
  });

  it('is another one when the video is replaced', async () => {
    const window = await list([filmed('bank')]);
    await show('bank');
    const entity = filmed('bank', { id: 'v-new' });
    window.bridge.emit({ type: 'view', view: view(TRAINER, [session('active')], { exercises: [entity] }) });
    await settle();
    expect(fakeBrowser.addresses.size).toBe(0);
    await show('bank');
    expect(read(window)).toEqual(['v-bank poster', 'v-new poster']);
  });

  it('gives its picture back when the library is closed', async () => {
    const window = await list([filmed('bank')]);
    await show('bank');
    expect(fakeBrowser.addresses.size).toBe(1);
    await window.click('open-today');
    expect(fakeBrowser.addresses.size).toBe(0);
  });
});

describe('the thumbnails of four hundred exercises', () => {
  beforeEach(() => {
    fakeBrowser.isAllInSight = false;
  });

  it('are read a few at a time, those that came into sight last first, and none that has gone by', async () => {
    const answers: ((bytes: ArrayBuffer) => void)[] = [];
    const window = await list(numbered(400), {
      readVideo: () => new Promise((resolve) => answers.push(resolve)),
    });
    expect(document.querySelectorAll('[data-testid="thumbnail"]')).toHaveLength(400);
    for (let i = 0; i < 50; i++) fakeBrowser.showElement(thumbnail(`u${String(100 + i)}`));
    await settle();
    expect(window.bridge.reads).toHaveLength(MOST_READS);
    for (let i = 0; i < 48; i++) fakeBrowser.showElement(thumbnail(`u${String(100 + i)}`), false);
    await settle();
    for (const answer of answers.splice(0)) answer(new ArrayBuffer(8));
    await settle();
    await settle();
    expect(read(window).slice(MOST_READS)).toEqual(['v-u149 poster', 'v-u148 poster']);
  });
});

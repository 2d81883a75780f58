/** A video of an exercise: seen on its way, removed, brought back. */
import { describe, expect, it } from 'vitest';

import type { Exercise, Unrecognised, VideoUpload } from '../src/bridge/bridge';
import { cause } from '../dev/fixtures';
import { failure } from '../dev/scripted';
import { VIDEO } from '../dev/video-scenes';
import { isolated } from '../src/words/names';
import { fakeBrowser } from './fake-browser-video';
import type { Window } from './window';
import {
  bench,
  filmed,
  POSTER,
  settle,
  file,
  library,
  dropped,
  click,
  problem,
  upload,
} from './video-window';

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
    expect(new Set(window.bridge.reads.map(({ part }) => part))).toEqual(new Set(['poster']));
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

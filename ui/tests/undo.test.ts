/** Notices that close by themselves, and what can be taken back while one is there. */
import { describe, expect, it, vi } from 'vitest';

import type { Exercise } from '../src/bridge/bridge';
import { ATHLETE, item, LIBRARY, round, session, TRAINER, view } from '../dev/cast';
import { LETTER_MS, SEEN_MS, UNDO_MS } from '../src/state/announcements.svelte';
import { open, type Window } from './stage';

const [bench] = LIBRARY as [Exercise];
const running = session('active', [round(1, 'draft', [item('i-1', bench, { weight_kg: 80, reps: 8 })])]);

function undoKey(target: EventTarget = document.body): boolean {
  return !target.dispatchEvent(
    new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, bubbles: true, cancelable: true }),
  );
}

async function planned(): Promise<Window> {
  const window = await open(view(TRAINER, [running]));
  await window.click('new-round');
  await window.type('exercise-search', 'bank');
  await window.click('exercise-option');
  await window.type('hint', 'Langsam ablassen.');
  return window;
}

const hint = (window: Window) => (window.find('hint') as HTMLTextAreaElement).value;

describe('a plan that is thrown away', () => {
  it('can be had back for ten seconds, by a click', async () => {
    const window = await planned();
    await window.click('discard-plan');
    expect(window.has('plan-item')).toBe(false);
    await window.click('undo');
    expect(hint(window)).toBe('Langsam ablassen.');
    expect(window.has('notice')).toBe(false);
  });

  it('can be had back by one key, which in a text is the text’s', async () => {
    const window = await planned();
    await window.click('discard-plan');
    await window.click('new-round');
    expect(undoKey(window.find('exercise-search'))).toBe(false);
    expect(undoKey()).toBe(true);
    await window.settle();
    expect(hint(window)).toBe('Langsam ablassen.');
    expect(undoKey()).toBe(false);
  });

  it('is gone after ten seconds, and offers nothing when nothing was typed', async () => {
    const window = await planned();
    vi.useFakeTimers();
    await window.click('discard-plan');
    vi.advanceTimersByTime(UNDO_MS - 1);
    expect(window.app.announcements.notices).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(window.app.announcements.notices).toHaveLength(0);
    await window.click('new-round');
    await window.click('discard-plan');
    expect(window.app.announcements.notices).toHaveLength(0);
  });

  it('comes back with what was planned since', async () => {
    const window = await planned();
    await window.click('discard-plan');
    await window.click('new-round');
    await window.type('exercise-search', 'klimm');
    await window.click('exercise-option');
    await window.click('undo');
    const names = [...document.querySelectorAll('[data-testid="plan-item"] strong')].map(
      (it) => it.textContent,
    );
    expect(names).toEqual(['Bankdrücken', 'Klimmzug']);
  });

  it('is an edit of a saved round as well', async () => {
    const window = await open(view(TRAINER, [running]));
    await window.click('edit-round');
    await window.type('hint', 'Pause unten.');
    await window.click('discard-plan');
    await window.click('undo');
    expect(hint(window)).toBe('Pause unten.');
    expect(window.text()).toContain('Runde 1 bearbeiten');
  });
});

it('an exercise that was taken out of a plan comes back where it was', async () => {
  const window = await planned();
  await window.type('exercise-search', 'klimm');
  await window.click('exercise-option');
  await window.click('remove-item');
  await window.click('undo');
  const names = [...document.querySelectorAll('[data-testid="plan-item"] strong')].map(
    (it) => it.textContent,
  );
  expect(names).toEqual(['Bankdrücken', 'Klimmzug']);
  expect(hint(window)).toBe('Langsam ablassen.');
});

it('what was typed of an exercise of the library comes back', async () => {
  const window = await open(view(TRAINER, []));
  await window.click('open-library');
  await window.click('exercise-row');
  await window.type('exercise-name', 'Bankdrücken eng');
  await window.click('discard-exercise');
  expect(window.has('exercise-name')).toBe(false);
  await window.click('undo');
  expect((window.find('exercise-name') as HTMLInputElement).value).toBe('Bankdrücken eng');
});

describe('a notice', () => {
  const said = 'Etwas ist geschehen.';
  const time = SEEN_MS + LETTER_MS * said.length;

  it('closes by itself once there was time to read it', async () => {
    const { app } = await open(view(ATHLETE));
    vi.useFakeTimers();
    app.announcements.show(() => said);
    vi.advanceTimersByTime(time - 1);
    expect(app.announcements.notices).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(app.announcements.notices).toHaveLength(0);
  });

  it('stays while somebody points at it, in a window out of sight, and when something was lost', async () => {
    const { app } = await open(view(ATHLETE));
    vi.useFakeTimers();
    app.announcements.show(() => said);
    const id = app.announcements.notices[0]?.id ?? 0;
    app.announcements.hold(id);
    vi.advanceTimersByTime(10 * time);
    expect(app.announcements.notices).toHaveLength(1);
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    app.announcements.release(id);
    vi.advanceTimersByTime(10 * time);
    expect(app.announcements.notices).toHaveLength(1);
    hidden.mockReturnValue(false);
    vi.advanceTimersByTime(time);
    expect(app.announcements.notices).toHaveLength(0);
    app.announcements.show(() => said, 'loss');
    vi.advanceTimersByTime(10 * time);
    expect(app.announcements.notices).toHaveLength(1);
  });

  it('follows the language', async () => {
    const window = await open(view(TRAINER, [running]));
    await window.tell(session('completed', []), 'session-completed');
    const before = window.find('notice').textContent;
    window.app.language.current = 'en';
    await window.settle();
    expect(window.find('notice').textContent).not.toBe(before);
    expect(window.find('notice').textContent).toContain('Jonas Brandt');
  });

  it('has a place of its own in the window, over nothing', async () => {
    const window = await open(view(ATHLETE));
    window.app.announcements.show(() => said);
    await window.settle();
    const notice = window.find('notice');
    expect(window.find('view').compareDocumentPosition(notice)).toBe(Node.DOCUMENT_POSITION_PRECEDING);
    expect(getComputedStyle(notice.parentElement ?? notice).position).not.toBe('fixed');
  });
});

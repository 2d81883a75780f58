/** Notices that close by themselves, and what can be taken back while one is there. */
import { cleanup } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';

import type { Exercise, Round } from '../src/bridge/bridge';
import { ATHLETE, item, LIBRARY, round, session, TRAINER, view } from '../dev/fixtures';
import { failure } from '../dev/scripted';
import { LETTER_MS, SEEN_MS, UNDO_MS } from '../src/state/announcements.svelte';
import { open, PATIENT, type Window } from './window';

const [bench] = LIBRARY as [Exercise];
const pullUp = LIBRARY.find(({ name }) => name === 'Klimmzug') as Exercise;
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

/** The exercises of the plan on screen. */
const names = () =>
  [...document.querySelectorAll('[data-testid="plan-item"] strong')].map((it) => it.textContent);
const hint = (window: Window) => (window.find('hint') as HTMLTextAreaElement).value;

describe('a discarded plan', () => {
  it('can be restored by a click for ten seconds', async () => {
    const window = await planned();
    await window.click('discard-plan');
    expect(window.has('plan-item')).toBe(false);
    await window.click('undo');
    expect(hint(window)).toBe('Langsam ablassen.');
    expect(window.has('notice')).toBe(false);
  });

  it('is restored by Ctrl+Z, except inside a text that was changed since', async () => {
    const window = await planned();
    await window.click('discard-plan');
    await window.click('new-round');
    await window.type('exercise-search', 'klimm');
    expect(undoKey(window.find('exercise-search'))).toBe(false);
    expect(undoKey()).toBe(true);
    await window.settle();
    expect(hint(window)).toBe('Langsam ablassen.');
    expect(undoKey()).toBe(false);
  });

  it('is gone after ten seconds, and can’t be restored when nothing was typed', async () => {
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

  it('is restored together with what was planned since', async () => {
    const window = await planned();
    await window.click('discard-plan');
    await window.click('new-round');
    await window.type('exercise-search', 'klimm');
    await window.click('exercise-option');
    await window.click('undo');
    expect(names()).toEqual(['Bankdrücken', 'Klimmzug']);
  });

  it('may be the edit of a saved round', async () => {
    const window = await open(view(TRAINER, [running]));
    await window.click('edit-round');
    await window.type('hint', 'Pause unten.');
    await window.click('discard-plan');
    await window.click('undo');
    expect(hint(window)).toBe('Pause unten.');
    expect(window.text()).toContain('Runde 1 bearbeiten');
  });

  it('is restored once when the round was opened again since', async () => {
    const window = await open(view(TRAINER, [running]));
    await window.click('edit-round');
    await window.type('hint', 'Pause unten.');
    await window.click('discard-plan');
    await window.click('edit-round');
    await window.click('undo');
    expect(names()).toEqual(['Bankdrücken']);
    expect(hint(window)).toBe('Pause unten.');
    expect(window.has('undo')).toBe(false);
  });

  it('lets what was typed since be restored in turn', async () => {
    const window = await open(view(TRAINER, [running]));
    await window.click('edit-round');
    await window.type('hint', 'Pause unten.');
    await window.click('discard-plan');
    await window.click('edit-round');
    await window.type('hint', 'Pause oben.');
    await window.click('undo');
    expect(hint(window)).toBe('Pause unten.');
    await window.click('undo');
    expect(hint(window)).toBe('Pause oben.');
    expect(window.has('undo')).toBe(false);
  });
});

describe('what was done in a session', () => {
  const out = session('active', [round(2, 'released', [item('i-1', bench, { reps: 8 })])]);

  it('can’t be undone any more once that is cancelled, and is not offered', async () => {
    const window = await open(view(TRAINER, [out]), {
      recall_round: () => round(2, 'draft', []),
    });
    await window.click('recall-round');
    expect(window.find('notice').textContent).toContain('Runde 2 ist zurückgeholt');
    await window.deliver({ ...out, version: 2 }, 'round-recalled', 'r-2');
    expect(window.has('undo')).toBe(true);
    await window.deliver(session('cancelled', [], { version: 3 }), 'session-cancelled');
    expect(window.has('undo')).toBe(false);
  });
});

describe('an exercise taken out of the plan', () => {
  async function removed(): Promise<Window> {
    const window = await planned();
    const item = window.find('shorthand');
    item.focus();
    (item as HTMLInputElement).value = '';
    item.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Backspace', altKey: true, bubbles: true, cancelable: true }),
    );
    await window.settle();
    expect(names()).toEqual([]);
    return window;
  }

  it('is put back by Ctrl+Z in the empty search, where the keyboard is then', async () => {
    const window = await removed();
    expect(document.activeElement).toBe(window.find('exercise-search'));
    expect(undoKey(window.find('exercise-search'))).toBe(true);
    await window.settle();
    expect(names()).toEqual(['Bankdrücken']);
  });

  it('is put back by Ctrl+Z in a text that nobody changed since', async () => {
    const window = await planned();
    await window.type('rest-after', '90');
    await window.click('remove-item');
    expect(undoKey(window.find('rest-after'))).toBe(true);
    await window.settle();
    expect(names()).toEqual(['Bankdrücken']);
  });
});

describe('a plan that was replaced by the saved round', () => {
  const replanned = session('active', [
    round(1, 'draft', [item('i-1', bench, { weight_kg: 90, reps: 8 })], { version: 2 }),
  ]);

  async function replaced(): Promise<Window> {
    const window = await open(view(TRAINER, [running]));
    await window.click('edit-round');
    await window.type('hint', 'Pause unten.');
    await window.deliver(replanned, 'round-saved', replanned.rounds[0]?.id);
    await window.click('take-theirs');
    expect(hint(window)).toBe('');
    return window;
  }

  it('is restored', async () => {
    const window = await replaced();
    await window.click('undo');
    expect(hint(window)).toBe('Pause unten.');
    expect(window.has('undo')).toBe(false);
  });

  it('lets what was typed since be restored in turn', async () => {
    const window = await replaced();
    await window.type('hint', 'Pause oben.');
    await window.click('undo');
    expect(hint(window)).toBe('Pause unten.');
    await window.click('undo');
    expect(hint(window)).toBe('Pause oben.');
  });
});

describe('b68: a round', () => {
  const draft = running.rounds[0] as Round;

  it('that was deleted is restored as it was, also from another place', async () => {
    const window = await open(view(TRAINER, [running]), {
      delete_round: () => null,
      restore_round: () => draft,
    });
    await window.click('delete-round');
    expect(window.asked('delete_round')).toEqual([{ round_id: draft.id, version: draft.version }]);
    await window.click('open-library');
    expect(undoKey()).toBe(true);
    await window.settle();
    expect(window.asked('restore_round')).toEqual([{ round: draft }]);
  });

  it('that was recalled is released again', async () => {
    const out = { ...draft, status: 'released' as const };
    const window = await open(view(TRAINER, [session('active', [out])]), {
      recall_round: () => draft,
      release_round: () => out,
    });
    await window.click('recall-round');
    await window.click('undo');
    expect(window.asked('release_round')).toEqual([{ round_id: out.id }]);
  });

  it('that can’t be released again says why', async () => {
    const out = { ...draft, status: 'released' as const };
    const window = await open(view(TRAINER, [session('active', [out])]), {
      recall_round: () => draft,
      release_round: () => Promise.reject(failure('another-round-out') as unknown as Error),
    });
    await window.click('recall-round');
    await window.click('undo');
    await vi.waitFor(() => {
      expect(window.find('notice').textContent).toContain('Eine andere Runde ist noch freigegeben.');
    }, PATIENT);
  });
});

describe('an exercise that was removed from a plan', () => {
  const two = (id: string, number: number) =>
    round(number, 'draft', [
      item(`${id}-1`, bench, { weight_kg: 80, reps: 8 }),
      item(`${id}-2`, pullUp, { reps: 5 }),
    ]);
  const rounds = [two('a', 1), two('b', 2)];
  const both = session('active', rounds);
  const edit = async (window: Window, number: number) => {
    const card = document.querySelector(`[data-number="${String(number)}"] [data-testid="edit-round"]`);
    card?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    await window.settle();
  };

  it('is restored where it was', async () => {
    const window = await planned();
    await window.type('exercise-search', 'klimm');
    await window.click('exercise-option');
    await window.click('remove-item');
    await window.click('undo');
    expect(names()).toEqual(['Bankdrücken', 'Klimmzug']);
    expect(hint(window)).toBe('Langsam ablassen.');
  });

  it('is restored in its own round when another one is open', async () => {
    const window = await open(view(TRAINER, [both]));
    await edit(window, 1);
    await window.click('remove-item');
    await edit(window, 2);
    await window.click('undo');
    expect(window.text()).toContain('Runde 1 bearbeiten');
    expect(names()).toEqual(['Bankdrücken', 'Klimmzug']);
    await edit(window, 2);
    expect(names()).toEqual(['Bankdrücken', 'Klimmzug']);
  });

  it('is restored as a new one in the round that was saved without it', async () => {
    const [first, second] = rounds as [Round, Round];
    const saved = { ...first, version: 2, exercises: first.exercises.slice(1) };
    const window = await open(view(TRAINER, [both]), { edit_round: () => saved });
    await edit(window, 1);
    await window.click('remove-item');
    await window.click('save-draft');
    await window.deliver(session('active', [saved, second]), 'round-saved', saved.id);
    await window.click('undo');
    expect(window.text()).toContain('Runde 1 bearbeiten');
    expect(names()).toEqual(['Bankdrücken', 'Klimmzug']);
    await window.click('save-draft');
    expect(
      window
        .asked('edit_round')
        .at(-1)
        ?.plan.exercises.map(({ id }) => id),
    ).toEqual([null, 'a-2']);
  });
});

it('an exercise of the library that was typed since can be restored in turn', async () => {
  const window = await open(view(TRAINER, []));
  const name = () => (window.find('exercise-name') as HTMLInputElement).value;
  await window.click('open-library');
  await window.click('exercise-row');
  await window.type('exercise-name', 'Bankdrücken eng');
  await window.click('discard-exercise');
  await window.click('exercise-row');
  await window.type('exercise-name', 'Bankdrücken weit');
  await window.click('undo');
  expect(name()).toBe('Bankdrücken eng');
  await window.click('undo');
  expect(name()).toBe('Bankdrücken weit');
  expect(window.has('undo')).toBe(false);
});

it('a discarded exercise of the library can be restored', async () => {
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

  it('stays while it is held, in a hidden window, and when something was lost', async () => {
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

  it('stays while the focus or the pointer is in it', async () => {
    const window = await open(view(ATHLETE));
    vi.useFakeTimers();
    window.app.announcements.show(() => said);
    await window.settle();
    const close = window.find('close-notice');
    const notice = window.find('notice');
    const is = { hovered: false, focused: true };
    const matches = vi.spyOn(notice, 'matches');
    matches.mockImplementation((selector) => (selector === ':hover' ? is.hovered : is.focused));
    const isKept = () => {
      vi.advanceTimersByTime(10 * time);
      return window.app.announcements.notices.length === 1;
    };
    close.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
    notice.dispatchEvent(new MouseEvent('pointerleave'));
    expect(isKept()).toBe(true);
    close.dispatchEvent(new FocusEvent('focusout', { bubbles: true, relatedTarget: notice }));
    expect(isKept()).toBe(true);
    is.hovered = true;
    close.dispatchEvent(new FocusEvent('focusout', { bubbles: true, relatedTarget: document.body }));
    expect(isKept()).toBe(true);
    is.focused = false;
    notice.dispatchEvent(new MouseEvent('pointerleave'));
    expect(isKept()).toBe(false);
  });

  it('names the system’s key for undo', async () => {
    const keys = async (agent: string) => {
      vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue(agent);
      const window = await open(view(ATHLETE));
      window.app.announcements.offerUndo(
        () => said,
        () => undefined,
      );
      await window.settle();
      const shown = window.find('undo').getAttribute('aria-keyshortcuts');
      cleanup();
      return shown;
    };
    expect(await keys('Mozilla/5.0 (Macintosh)')).toBe('Meta+Z');
    expect(await keys('Mozilla/5.0 (X11; Linux x86_64)')).toBe('Control+Z');
    vi.restoreAllMocks();
  });

  it('follows the language', async () => {
    const window = await open(view(TRAINER, [running]));
    await window.deliver(session('completed', []), 'session-completed');
    const before = window.find('notice').textContent;
    window.app.language.current = 'en';
    await window.settle();
    expect(window.find('notice').textContent).not.toBe(before);
    expect(window.find('notice').textContent).toContain('Jonas Brandt');
  });

  it('has a place of its own in the window and covers nothing', async () => {
    const window = await open(view(ATHLETE));
    window.app.announcements.show(() => said);
    await window.settle();
    const notice = window.find('notice');
    expect(window.find('view').compareDocumentPosition(notice)).toBe(Node.DOCUMENT_POSITION_PRECEDING);
    expect(getComputedStyle(notice.parentElement ?? notice).position).not.toBe('fixed');
  });
});

/** What somebody is doing when something else happens: an arrival, an answer that takes its time, the settings on top. */
import { cleanup } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Round } from '../src/bridge/bridge';
import { ATHLETE, item, LIBRARY, round, session, TRAINER, view } from '../dev/cast';
import { open, settle } from './stage';

const [bench] = LIBRARY as [(typeof LIBRARY)[0]];
const items = () => [item('i-1', bench, { weight_kg: 80, reps: 8 })];
const other = (status: 'waiting' | 'active') => ({
  ...session(status),
  id: 's-other',
  athlete: { id: 'p-other', name: 'Other' },
});

beforeEach(() => {
  localStorage.clear();
});
afterEach(cleanup);

async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
  const at = document.activeElement ?? document.body;
  at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
  await settle();
}

const focused = () => (document.activeElement as HTMLElement | null)?.dataset['testid'];
const value = (element: HTMLElement) => (element as HTMLInputElement).value;

describe('b7: a reason half typed', () => {
  it('stays when the trainer joins in the middle of it', async () => {
    const window = await open(view(ATHLETE, [session('waiting')]));
    await window.click('cancel-session');
    await window.type('cancel-reason', 'Feuer');
    await window.tell(session('active'), 'session-joined');
    expect(window.view()).toBe('between');
    expect(value(window.find('cancel-reason'))).toBe('Feuer');
  });

  it('stays, with its session, when another athlete’s begins', async () => {
    const window = await open(view(TRAINER, [session('waiting')]));
    await window.click('cancel-session');
    await window.type('cancel-reason', 'Feuer');
    await window.tell(other('active'), 'session-joined');
    expect(value(window.find('cancel-reason'))).toBe('Feuer');
  });

  it('is there again for the same session and gone for the next', async () => {
    const window = await open(view(ATHLETE, [session('active')]), {
      cancel_session: () => session('cancelled'),
    });
    await window.click('cancel-session');
    await window.type('cancel-reason', 'Feuer');
    window.find('confirm-cancel').closest('dialog')?.close();
    await settle();
    await window.click('cancel-session');
    expect(value(window.find('cancel-reason'))).toBe('Feuer');
    await window.click('confirm-cancel');
    expect(window.asked('cancel_session')).toEqual([{ session_id: session('active').id, reason: 'Feuer' }]);
    await window.tell({ ...session('active'), id: 's-next' }, 'session-started');
    await window.click('cancel-session');
    expect(value(window.find('cancel-reason'))).toBe('');
  });
});

describe('b7: a round being planned', () => {
  const saved: Round = round(1, 'draft', items());

  it('keeps what is typed while its save is on the way, as an edit of the saved round', async () => {
    let answer: (round: Round) => void = () => undefined;
    const window = await open(view(TRAINER, [session('active')]), {
      add_round: () => new Promise<Round>((resolve) => (answer = resolve)),
    });
    await window.click('new-round');
    await window.type('exercise-search', bench.name);
    await press('Enter');
    window.find('exercise-search').focus();
    await press('Enter');
    await window.click('save-draft');
    await window.type('rest-after', '90');
    await window.tell(session('active', [saved]), 'round-saved', saved.id);
    answer(saved);
    await settle();
    expect(value(window.find('rest-after'))).toBe('90');
    expect(window.find('plan-item').dataset['item']).toBe('i-1');
    expect(window.has('changed-elsewhere')).toBe(false);
  });

  it('is not saved without what could not be read', async () => {
    const window = await open(view(TRAINER, [session('active', [saved])]));
    await window.click('edit-round');
    await window.type('shorthand', 'lots');
    window.find('shorthand').dispatchEvent(new FocusEvent('blur'));
    await settle();
    await window.click('save-and-release');
    expect(window.asked('edit_round')).toEqual([]);
    expect(focused()).toBe('shorthand');
    await window.type('shorthand', '');
    await window.click('save-and-release');
    expect(window.asked('edit_round')).toHaveLength(1);
  });
});

describe('the keyboard', () => {
  it('does nothing at the desk while the settings are on top of it', async () => {
    const window = await open(view(TRAINER, [session('waiting')]));
    await window.click('open-settings');
    (document.activeElement as HTMLElement | null)?.blur();
    for (const key of ['j', 'x', '?', '1']) await press(key);
    expect(window.asked('join_session')).toEqual([]);
    expect(window.has('shortcuts') || window.has('cancel-reason')).toBe(false);
  });

  it('is back where it was when the settings close', async () => {
    const window = await open(view(TRAINER, [session('waiting')]));
    await window.click('open-settings');
    await press('Escape');
    expect(window.has('close-settings')).toBe(false);
    expect(focused()).toBe('open-settings');
  });

  it('closes a question on the settings without closing them', async () => {
    const window = await open(view(ATHLETE));
    await window.click('open-settings');
    await window.click('sign-out-everywhere');
    await press('Escape');
    expect(window.has('close-settings')).toBe(true);
  });

  it('goes on at the question whether to delete, and back', async () => {
    const window = await open(view(TRAINER, [session('active', [round(1, 'draft', items())])]));
    await window.click('delete-round');
    expect(focused()).toBe('confirm-delete');
    (window.find('confirm-delete').nextElementSibling as HTMLElement).click();
    await settle();
    expect(focused()).toBe('delete-round');
  });

  it('goes to the first input that is wrong', async () => {
    const window = await open(view(null));
    window.find('sign-in').dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
    await settle();
    expect(focused()).toBe('email');
  });
});

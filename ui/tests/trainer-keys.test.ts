/** What a trainer's keys are about: the session on screen, the field or the tile that has the keyboard, and nothing else. */
import { describe, expect, it } from 'vitest';

import type { Note, Session } from '../src/bridge/bridge';
import { item, LIBRARY, round, session, TRAINER, view } from '../dev/fixtures';
import { open, settle, type Window } from './window';

const [bench] = LIBRARY as [(typeof LIBRARY)[0]];
const draft = (id: string) => round(2, 'draft', [item(`i-${id}`, bench, { reps: 8 })], { id: `r-${id}` });

function of(id: string, status: Session['status'], rounds: Session['rounds'] = []): Session {
  return session(status, rounds, { id, athlete: { id: `u-${id}`, name: `Athlete ${id}` } });
}
const anna = of('anna', 'active', [draft('anna')]);
const ben = of('ben', 'active', [draft('ben')]);
const note: Note = { session_id: 'anna', text: '', version: 0 } as Note;

async function press(key: string, more: KeyboardEventInit = {}): Promise<KeyboardEvent> {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  (document.activeElement ?? document.body).dispatchEvent(event);
  await settle();
  return event;
}

const current = () =>
  document.querySelector<HTMLElement>('[data-testid="session-row"][aria-current="true"]')?.dataset['session'];

async function trainer(sessions = [anna, ben]): Promise<Window> {
  return open(view(TRAINER, sessions), {
    release_round: () => draft('x'),
    add_round: () => draft('x'),
    save_note: ({ text }) => ({ ...note, text }),
  });
}

describe('the session on screen', () => {
  it('stays when it ends, though nobody chose it, with the note that is half typed', async () => {
    const window = await trainer();
    await press('m');
    await window.type('note-text', 'Knie');
    await window.deliver({ ...anna, status: 'completed' }, 'session-completed');
    expect(current()).toBe('anna');
    expect(document.activeElement).toBe(window.find('note-text'));
    await press('r');
    expect(window.asked('release_round')).toEqual([]);
  });

  it('stays when another one begins', async () => {
    const window = await trainer([of('anna', 'waiting')]);
    await window.deliver(of('carl', 'active'), 'session-joined');
    expect(current()).toBe('anna');
  });
});

describe('Ctrl+Enter and Ctrl+S', () => {
  async function planning(): Promise<Window> {
    const window = await trainer();
    await window.click('new-round');
    await window.type('exercise-search', 'bank 80kg');
    await window.click('exercise-option');
    return window;
  }

  it.each(['Enter', 's', 'S'])('with %s in the private note save the note and not the plan', async (key) => {
    const window = await planning();
    await window.click('open-note');
    await window.type('note-text', 'Knie beobachten.');
    window.find('note-text').focus();
    expect((await press(key, { ctrlKey: true })).defaultPrevented).toBe(true);
    expect(window.asked('save_note').map(({ text }) => text)).toEqual(['Knie beobachten.']);
    expect(window.asked('add_round')).toEqual([]);
  });

  it('do nothing with the plan in a field outside it', async () => {
    const window = await planning();
    const search = document.createElement('input');
    window.find('session-row').before(search);
    search.focus();
    await press('Enter', { ctrlKey: true });
    await press('s', { ctrlKey: true });
    expect(window.asked('add_round')).toEqual([]);
  });

  it('do nothing on the board, where the plan is not on screen', async () => {
    const window = await planning();
    (document.activeElement as HTMLElement).blur();
    await press('b');
    await press('1');
    await press('Enter', { ctrlKey: true });
    await press('s', { ctrlKey: true });
    expect(window.asked('add_round')).toEqual([]);
  });

  it.each(['exercise-search', 'rest-after', 'hint', null])('save the plan in %s', async (field) => {
    const window = await planning();
    if (field === null) (document.activeElement as HTMLElement | null)?.blur();
    else window.find(field).focus();
    await press('S', { ctrlKey: true });
    expect(window.asked('add_round')).toHaveLength(1);
  });
});

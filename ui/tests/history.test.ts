/** The past in the windows: asked for page by page, a session whole, the note on it. */
import { describe, expect, it, vi } from 'vitest';

import type { Exercise } from '../src/bridge/bridge';
import { isolated } from '../src/words/names';
import { athlete, ALVA, ATHLETE, JONAS, LIBRARY, session, TRAINER, view } from '../dev/fixtures';
import { past, PAST, summary } from '../dev/history-scenes';
import { failure, type Answers } from '../dev/scripted';
import { open, PATIENT, settle, type Window } from './window';
import { jonas, press, athletePage, value, select } from './past-window';

/** What was asked of the list; how often somebody had pain lately is asked beside it. */
const listed = (window: Window) =>
  window.asked('list_sessions').filter(({ query }) => query.limit !== 100 || query.before !== undefined);

const rows = () =>
  [...document.querySelectorAll<HTMLElement>('[data-testid="past-session"]')].map(
    ({ dataset }) => dataset['session'],
  );

const names = () =>
  [...document.querySelectorAll('[data-testid="athlete"]')].map((row) => row.textContent.trim());

describe('the athletes of a trainer', () => {
  it('b59_are_reached_by_g_a_and_found_by_typing', async () => {
    const window = await open(view(TRAINER, [], { athletes: [athlete(JONAS), athlete(ALVA)] }), past());
    await press('g');
    await press('a');
    expect(window.view()).toBe('athletes');
    expect(names()).toEqual(['Alva Lindqvist', 'Jonas Brandt']);
    await window.type('search-athletes', 'bra jo');
    expect(names()).toEqual(['Jonas Brandt']);
    await press('Enter');
    expect(window.find('athlete-page').dataset['athlete']).toBe(JONAS.id);
  });

  it('are there again, with the keyboard where it was, once a page that had their place is closed', async () => {
    const window = await athletePage();
    await window.click('close-athlete');
    expect(window.has('athlete-page')).toBe(false);
    expect((document.activeElement as HTMLElement).dataset['athlete']).toBe(JONAS.id);
  });

  it('are what escape leads to first where a page has their place', async () => {
    const window = await athletePage();
    const narrow = (media: string) => ({ media, matches: media.includes('max-width') }) as MediaQueryList;
    vi.spyOn(globalThis, 'matchMedia').mockImplementation(narrow);
    await press('Escape');
    expect(window.view()).toBe('athletes');
    expect(window.has('athlete-page')).toBe(false);
    await press('Escape');
    expect(window.view()).toBe('trainer');
  });

  it('are left by escape once nothing is looked for', async () => {
    const window = await open(view(TRAINER, [], jonas), past());
    await window.click('open-athletes');
    await window.type('search-athletes', 'xyz');
    window.find('search-athletes').focus();
    await press('Escape');
    expect(value(window, 'search-athletes')).toBe('');
    expect(window.view()).toBe('athletes');
    await press('Escape');
    expect(window.view()).toBe('trainer');
  });

  it('opened again and again leave nothing behind', async () => {
    const window = await open(view(TRAINER, [], { athletes: [athlete(JONAS), athlete(ALVA)] }), past());
    const counts = new Map<string, { added: number; left: number }>();
    const count = (type: string, by: 1 | -1) => {
      const { added, left } = counts.get(type) ?? { added: 0, left: 0 };
      counts.set(type, { added: by === 1 ? added + 1 : added, left: left + by });
    };
    // What is loaded when the window is idle listens once, whenever that is; what is opened again would do so again.
    const listeners = () =>
      [...counts.values()].filter(({ added }) => added > 1).reduce((sum, { left }) => sum + left, 0);
    for (const target of [globalThis.window, document]) {
      const [add, remove] = [target.addEventListener, target.removeEventListener];
      vi.spyOn(target, 'addEventListener').mockImplementation((...of: Parameters<typeof add>) => {
        count(of[0], 1);
        add.apply(target, of);
      });
      vi.spyOn(target, 'removeEventListener').mockImplementation((...of: Parameters<typeof remove>) => {
        count(of[0], -1);
        remove.apply(target, of);
      });
    }
    await window.click('open-athletes');
    const openBoth = async () => {
      for (const row of document.querySelectorAll<HTMLElement>('[data-testid="athlete"]')) {
        row.click();
        await settle();
        await window.click('past-session');
        await window.click('close-session');
      }
    };
    // What is loaded when it is first needed stays, and may come a round later.
    for (let i = 0; i < 3; i++) await openBoth();
    // The page and the list of its sessions listen for keys. What is closed may take a moment to go.
    await vi.waitFor(() => {
      expect(listeners()).toBe(2);
    }, PATIENT);
    const held = { listeners: listeners(), elements: document.querySelectorAll('*').length };
    for (let i = 0; i < 4; i++) await openBoth();
    await vi.waitFor(() => {
      expect({ listeners: listeners(), elements: document.querySelectorAll('*').length }).toEqual(held);
    }, PATIENT);
    vi.restoreAllMocks();
  });

  it('are all there when there are 300, without asking anybody', async () => {
    const many = Array.from({ length: 300 }, (_, i) => athlete({ id: `u-${i}`, name: `Athlet ${i}` }));
    const window = await open(view(TRAINER, [], { athletes: many }));
    await window.click('open-athletes');
    expect(names()).toHaveLength(300);
    expect(window.asked('list_sessions')).toEqual([]);
  });

  it('tell what matters now: pain, the last session, and the one that goes on', async () => {
    const recent = summary({ id: 'x-recent', started_at: new Date().toISOString() });
    const window = await athletePage(past([recent, summary()]), [session('active')]);
    expect(window.find('recent-pain').textContent).toContain('der letzten vier Wochen');
    expect(window.find('athlete-page').textContent).toContain('Letztes Training:');
    await window.click('athlete-to-session');
    expect(window.view()).toBe('trainer');
  });
});

const pages: Answers = {
  list_sessions: ({ query }) =>
    query.before === 'second'
      ? { sessions: [summary({ id: 'x-2' })], next: null }
      : { sessions: [summary({ id: 'x-1' })], next: 'second' },
};

describe('past sessions', () => {
  it('b33_are_asked_for_page_by_page', async () => {
    const window = await athletePage(pages);
    expect(listed(window)[0]).toMatchObject({ athlete_id: JONAS.id, query: { before: null } });
    await window.click('more-sessions');
    expect(listed(window)[1]?.query.before).toBe('second');
    expect(rows()).toEqual(['x-1', 'x-2']);
    expect(window.has('more-sessions')).toBe(false);
  });

  it('are there as they were left, with the focus, when somebody comes back from one', async () => {
    const window = await athletePage({ ...past(), ...pages });
    await window.click('more-sessions');
    const asked = listed(window).length;
    document.querySelectorAll<HTMLElement>('[data-testid="past-session"]')[1]?.click();
    await settle();
    expect(window.find('session-detail').dataset['session']).toBe('x-2');
    await press('Escape');
    expect(rows()).toEqual(['x-1', 'x-2']);
    expect((document.activeElement as HTMLElement).dataset['session']).toBe('x-2');
    expect(listed(window)).toHaveLength(asked);
    expect(window.view()).toBe('athletes');
  });

  it('are read again, as many as are shown, when one ends', async () => {
    const window = await athletePage({ ...past(), ...pages });
    await window.click('more-sessions');
    window.bridge.answers.list_sessions = () => ({
      sessions: ['x-now', 'x-1', 'x-2'].map((id) => summary({ id })),
      next: null,
    });
    document.querySelectorAll<HTMLElement>('[data-testid="past-session"]')[1]?.focus();
    await window.deliver(session('completed', [], { version: 2 }), 'session-completed');
    expect(listed(window).at(-1)?.query).toMatchObject({ before: null, limit: 32 });
    expect(rows()).toEqual(['x-now', 'x-1', 'x-2']);
    expect((document.activeElement as HTMLElement).dataset['session']).toBe('x-2');
  });

  it('are read again after everything was read anew', async () => {
    const window = await athletePage({ ...past(), ...pages });
    window.bridge.answers.list_sessions = () => ({ sessions: [summary({ id: 'x-imported' })], next: null });
    window.bridge.emit({ type: 'view', view: view(TRAINER, [], jonas) });
    await settle();
    expect(rows()).toEqual(['x-imported']);
  });

  it('that failed to be read under another filter do not stand under it', async () => {
    const window = await athletePage();
    window.bridge.answers.list_sessions = () => Promise.reject(failure('unreachable'));
    await select(window, 'filter-exercise', 'e-kniebeuge');
    expect(rows()).toEqual([]);
    expect(value(window, 'filter-exercise')).toBe('e-kniebeuge');
    window.bridge.answers = past();
    await window.click('retry-sessions');
    expect(listed(window).at(-1)?.query.exercise_id).toBe('e-kniebeuge');
    expect(rows()).toEqual(['x-past']);
  });

  it('are asked for again from the page that failed', async () => {
    const window = await athletePage(pages);
    const answer = window.bridge.answers.list_sessions;
    window.bridge.answers.list_sessions = () => Promise.reject(failure('unreachable'));
    await window.click('more-sessions');
    expect(rows()).toEqual(['x-1']);
    if (answer) window.bridge.answers.list_sessions = answer;
    await window.click('retry-sessions');
    expect(listed(window).at(-1)?.query.before).toBe('second');
    expect(rows()).toEqual(['x-1', 'x-2']);
  });

  describe('are looked for by exercise', () => {
    const options = (window: Window) =>
      [...(window.find('filter-exercise') as HTMLSelectElement).options].slice(1).map(({ text }) => text);

    it('also by one that is archived', async () => {
      const old = { ...(LIBRARY[0] as Exercise), id: 'e-alt', name: 'Alte Übung', archived: true };
      const window = await athletePage({ ...past(), archived_exercises: () => [old] });
      expect(options(window)[0]).toBe(`${isolated('Alte Übung')} (archiviert)`);
      expect(options(window)).toHaveLength(LIBRARY.length + 1);
      await window.click('enter-session');
      const offered = [...(window.find('record-add') as HTMLSelectElement).options];
      expect(offered.map(({ value }) => value)).not.toContain('e-alt');
    });

    it('by an athlete by every exercise of the studio, however long ago it was done', async () => {
      const old = { ...(LIBRARY[0] as Exercise), id: 'e-alt', name: 'Alte Übung', archived: true };
      const window = await open(view(ATHLETE), { ...past(), import_exercises: () => [...LIBRARY, old] });
      await window.click('open-history');
      expect(options(window)).toHaveLength(LIBRARY.length + 1);
      await select(window, 'filter-exercise', 'e-alt');
      expect(listed(window).at(-1)?.query.exercise_id).toBe('e-alt');
      await window.click('past-session');
      await press('Escape');
      expect(window.asked('import_exercises')).toHaveLength(1);
    });

    it('by an athlete also by those of a session they read', async () => {
      const window = await open(view(ATHLETE), past());
      await window.click('open-history');
      expect(options(window)).toEqual([]);
      await window.click('past-session');
      await press('Escape');
      expect(options(window)).toEqual(['Bankdrücken', 'Kniebeuge'].map(isolated));
      expect(window.asked('archived_exercises')).toEqual([]);
    });
  });

  it('tell of recent pain whatever is looked for', async () => {
    const hurt = [summary({ id: 'x-1' }), summary({ id: 'x-2' })];
    const window = await athletePage({
      list_sessions: ({ query }) => ({ sessions: query.exercise_id ? [] : hurt, next: null }),
    });
    await select(window, 'filter-exercise', 'e-kniebeuge');
    expect(rows()).toEqual([]);
    expect(window.find('recent-pain').textContent).toContain('2');
    expect(window.find('athlete-page').textContent).toContain('Letztes Training:');
  });

  it('b33_are_found_by_exercise_and_by_day', async () => {
    const window = await athletePage();
    await select(window, 'filter-exercise', 'e-kniebeuge');
    await select(window, 'filter-to', '2026-11-24');
    const { query } = window.asked('list_sessions').at(-1) ?? {};
    expect(query?.exercise_id).toBe('e-kniebeuge');
    expect(query?.to).toBe(new Date('2026-11-25T00:00').toISOString());
  });

  it('can be asked for again after a failure', async () => {
    const window = await athletePage({ list_sessions: () => Promise.reject(failure('unreachable')) });
    window.bridge.answers = past();
    await window.click('retry-sessions');
    expect(window.has('past-session')).toBe(true);
  });

  it('b18_are_those_of_the_athlete_in_their_own_window', async () => {
    const window = await open(view(ATHLETE), past());
    await press('g');
    await press('h');
    expect(window.view()).toBe('history');
    expect(window.asked('list_sessions')[0]?.athlete_id).toBe(ATHLETE.id);
    await window.click('past-session');
    expect(window.find('session-detail').textContent).toContain('Bankdrücken');
    await press('Escape');
    expect(window.has('past-session')).toBe(true);
    await press('Escape');
    expect(window.view()).toBe('start');
  });

  it('hold planned and done, feedback, and corrections with who and when', async () => {
    const window = await athletePage();
    await window.click('past-session');
    const text = window.find('done-exercise').textContent;
    expect(text).toContain('80\u202Fkg × 7');
    expect(text).toContain('geplant 80\u202Fkg × 8');
    expect(window.find('pain').textContent).toContain('Knie');
    const correction = window.find('correction').textContent;
    expect(correction).toContain(`Korrigiert von ${isolated('Mira Sommer')}`);
    expect(correction).toContain('Vorher: 70\u202Fkg × 7');
    expect(correction).toContain('Falsche Scheiben gezählt.');
  });
});

describe('the note on a past session', () => {
  const NOTE = { session_id: 'x-past', text: 'Zieht rechts.', version: 2 };

  it('b67_is_read_where_this_device_does_not_have_it_and_written', async () => {
    const window = await athletePage({
      ...past(),
      read_note: () => NOTE,
      save_note: ({ text }) => ({ ...NOTE, text, version: 3 }),
    });
    await window.click('past-session');
    expect(window.asked('read_note')).toEqual([{ session_id: 'x-past' }]);
    expect(window.find('note-shown').textContent).toBe('Zieht rechts.');
    await window.click('open-note');
    await window.type('note-text', 'Zieht links.');
    await window.click('save-note');
    expect(window.asked('save_note')).toEqual([{ session_id: 'x-past', version: 2, text: 'Zieht links.' }]);
    expect(window.find('note-shown').textContent).toBe('Zieht links.');
  });

  it('that is known here is not asked for', async () => {
    const window = await open(view(TRAINER, [PAST], { ...jonas, notes: [NOTE] }), past());
    await window.click('open-athletes');
    await window.click('athlete');
    await window.click('past-session');
    expect(window.asked('read_note')).toEqual([]);
    const notes = window.find('session-detail').querySelector('[data-testid="note-shown"]');
    expect(notes?.textContent).toBe('Zieht rechts.');
  });

  it('can be asked for again after a failure', async () => {
    const window = await athletePage({ ...past(), read_note: () => Promise.reject(failure('unreachable')) });
    await window.click('past-session');
    window.bridge.answers.read_note = () => NOTE;
    await window.click('retry-note');
    expect(window.has('note-shown')).toBe(true);
  });

  it('is none of an athlete’s business, nor of another trainer’s', async () => {
    const window = await open(view(ATHLETE), past());
    await window.click('open-history');
    await window.click('past-session');
    const other = await athletePage({ ...past(), read_session: () => ({ ...PAST, trainer: ALVA }) });
    await other.click('past-session');
    expect([...window.asked('read_note'), ...other.asked('read_note')]).toEqual([]);
  });
});

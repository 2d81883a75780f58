/** What trainers write for themselves: notes on a session by one key, a journal about an athlete; nothing is lost. */
import { describe, expect, it } from 'vitest';

import type { JournalEntry, Note, RefusedAct, View } from '../src/bridge/bridge';
import { athlete, JONAS, MIRA, session, TRAINER, view } from '../dev/fixtures';
import { failure, type Answers } from '../dev/scripted';
import { open, settle, type Window } from './window';

const entry = (id: string, text: string, more: Partial<JournalEntry> = {}): JournalEntry => ({
  id,
  athlete_id: JONAS.id,
  by: MIRA,
  at: '2026-11-20T17:00:00Z',
  text,
  pinned: false,
  version: 1,
  ...more,
});
const SHOULDER = entry('j-1', 'Linke Schulter: nichts über Kopf', { pinned: true });
const RUNS = entry('j-2', 'Läuft sonntags', { at: '2026-11-22T17:00:00Z' });
const note: Note = { session_id: 'x-now', text: 'Zieht rechts.', version: 2 };

const refused = (more: Partial<RefusedAct>): RefusedAct => ({
  key: 'a-1',
  at: '2026-11-24T17:00:00Z',
  subject: { kind: 'note', id: 'x-now' },
  athlete: JONAS.name,
  round_number: null,
  what: 'save_note',
  code: 'version-mismatch',
  fields: [],
  plan: null,
  reports: [],
  exercise: null,
  note: null,
  journal: null,
  template: null,
  correction: null,
  ...more,
});

async function press(key: string): Promise<void> {
  const at = document.activeElement ?? document.body;
  at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  await settle();
}

const training = (more: Partial<View> = {}, answers: Answers = {}) =>
  open(view(TRAINER, [session('active')], { athletes: [athlete(JONAS)], ...more }), answers);

async function journal(more: Partial<View> = {}, answers: Answers = {}): Promise<Window> {
  const window = await open(view(TRAINER, [], { athletes: [athlete(JONAS)], ...more }), {
    list_sessions: () => ({ sessions: [], next: null }),
    ...answers,
  });
  await window.click('open-athletes');
  await window.click('athlete');
  await window.click('tab-journal');
  return window;
}

const texts = () =>
  [...document.querySelectorAll('[data-testid="journal-entry"] > .lines')].map(
    ({ textContent }) => textContent,
  );

describe('a note on a session', () => {
  it('b67_is_at_hand_by_one_key_and_saved', async () => {
    const window = await training({}, { save_note: ({ text }) => ({ ...note, text }) });
    await press('m');
    expect((document.activeElement as HTMLElement).dataset['testid']).toBe('note-text');
    await window.type('note-text', 'Knie beobachten.');
    await window.click('save-note');
    expect(window.asked('save_note')).toEqual([
      { session_id: 'x-now', version: 0, text: 'Knie beobachten.' },
    ]);
    expect(window.has('session-note')).toBe(false);
  });

  it('b07_keeps_what_is_typed_until_it_is_saved', async () => {
    const window = await training({ notes: [note] });
    await press('m');
    await window.type('note-text', 'Zieht rechts, auch im Stand.');
    await press('Escape');
    expect(window.text()).toContain('noch nicht gespeichert');
    await window.click('open-note');
    expect((window.find('note-text') as HTMLTextAreaElement).value).toBe('Zieht rechts, auch im Stand.');
  });

  it('that is too long is not sent', async () => {
    const window = await training();
    await press('m');
    await window.type('note-text', 'x'.repeat(4_001));
    await window.click('save-note');
    expect(window.asked('save_note')).toEqual([]);
    expect((window.find('note-text') as HTMLTextAreaElement).value).toHaveLength(4_001);
  });

  it('b67_written_on_two_devices_is_shown_with_both_texts_and_asked_about', async () => {
    const window = await training(
      { notes: [note], refused: [refused({ note: 'Von hier.' })] },
      { save_note: ({ text }) => ({ ...note, text, version: 3 }), discard_act: () => null },
    );
    const both = window.find('two-texts').textContent;
    expect(both).toContain('Von hier.');
    expect(both).toContain('Zieht rechts.');
    await window.click('keep-mine');
    expect(window.asked('save_note')).toEqual([{ session_id: 'x-now', version: 2, text: 'Von hier.' }]);
    expect(window.asked('discard_act')).toEqual([{ key: 'a-1' }]);
  });

  it('from the other device stays when that is chosen', async () => {
    const window = await training(
      { notes: [note], refused: [refused({ note: 'Von hier.' })] },
      { discard_act: () => null },
    );
    await window.click('keep-theirs');
    expect(window.asked('save_note')).toEqual([]);
    expect(window.asked('discard_act')).toEqual([{ key: 'a-1' }]);
  });
});

describe('the journal about an athlete', () => {
  it('b67_has_pinned_entries_first_and_beside_the_plan', async () => {
    const window = await journal({ journal_entries: [RUNS, SHOULDER] });
    expect(texts()).toEqual(['Linke Schulter: nichts über Kopf', 'Läuft sonntags']);
    expect(window.find('pinned-entry').textContent).toContain('Linke Schulter');
    const beside = await training({ journal_entries: [RUNS, SHOULDER] });
    expect(beside.find('pinned-entry').textContent).toContain('Linke Schulter');
  });

  it('takes an entry', async () => {
    const window = await journal({}, { create_journal_entry: () => RUNS });
    await window.type('journal-text', 'Läuft sonntags');
    window.find('journal-pin').click();
    await window.click('save-entry');
    expect(window.asked('create_journal_entry')).toEqual([
      { athlete_id: JONAS.id, text: 'Läuft sonntags', pinned: true },
    ]);
    expect((window.find('journal-text') as HTMLTextAreaElement).value).toBe('');
  });

  it('keeps what was typed when it can not be saved', async () => {
    const window = await journal({}, { create_journal_entry: () => Promise.reject(failure('internal')) });
    await window.type('journal-text', 'Läuft sonntags');
    await window.click('save-entry');
    expect((window.find('journal-text') as HTMLTextAreaElement).value).toBe('Läuft sonntags');
    expect(window.has('failure')).toBe(true);
  });

  it('b34_an_entry_is_deleted_at_once_and_restored_by_one_key', async () => {
    const window = await journal(
      { journal_entries: [RUNS] },
      { delete_journal_entry: () => null, restore_journal_entry: () => RUNS },
    );
    await window.click('delete-entry');
    expect(window.asked('delete_journal_entry')).toEqual([{ entry_id: 'j-2', version: 1 }]);
    await window.click('undo');
    expect(window.asked('restore_journal_entry')).toEqual([{ entry: RUNS }]);
  });

  it('is asked for older entries', async () => {
    const old = entry('j-0', 'Alter Eintrag', { at: '2025-01-01T10:00:00Z' });
    const window = await journal(
      { journal_entries: [RUNS] },
      { list_journal: () => ({ entries: [RUNS, old], next: null }) },
    );
    await window.click('more-entries');
    expect(texts()).toEqual(['Läuft sonntags', 'Alter Eintrag']);
    expect(window.has('more-entries')).toBe(false);
  });
});

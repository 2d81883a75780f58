/** What trainers write for themselves: notes on a session by one key, a journal about an athlete; nothing is lost. */
import { describe, expect, it } from 'vitest';

import type { EventName, JournalEntry, KindedDocument, Note, RefusedAct, View } from '../src/bridge/bridge';
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
  weight: null,
  template: null,
  correction: null,
  ...more,
});

async function press(key: string): Promise<void> {
  const at = document.activeElement ?? document.body;
  at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  await settle();
}

/** Lets a call answer when the test says so. */
function later<T>(): { answer: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const answer = new Promise<T>((done) => (resolve = done));
  return { answer, resolve };
}

/** Another device has written. */
async function comes(window: Window, document: KindedDocument): Promise<void> {
  window.bridge.emit({ type: 'entity', document, permits: null, cause: null });
  await settle();
}

async function goes(window: Window, id: string, event: EventName): Promise<void> {
  const cause = { event, round_id: null, at: '2026-11-24T17:00:00Z' };
  window.bridge.emit({ type: 'gone', entity: { kind: 'journal-entry', id }, cause });
  await settle();
}

const value = (window: Window, testid: string) => (window.find(testid) as HTMLTextAreaElement).value;

const training = (more: Partial<View> = {}, answers: Answers = {}) =>
  open(view(TRAINER, [session('active')], { athletes: [athlete(JONAS)], ...more }), answers);

async function journal(more: Partial<View> = {}, answers: Answers = {}): Promise<Window> {
  const window = await open(view(TRAINER, [], { athletes: [athlete(JONAS)], ...more }), {
    list_sessions: () => ({ sessions: [], next: null }),
    list_journal: () => ({ entries: [], next: null }),
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

  it('b67_half_typed_is_not_saved_over_what_another_device_wrote_meanwhile', async () => {
    const window = await training({ notes: [note] }, { save_note: ({ text }) => ({ ...note, text }) });
    await press('m');
    await window.type('note-text', 'Von hier.');
    await comes(window, { kind: 'note', entity: { ...note, text: 'Vom Tablet.', version: 3 } });
    expect(window.find('two-texts').textContent).toContain('Von hier.');
    expect(window.find('two-texts').textContent).toContain('Vom Tablet.');
    expect(value(window, 'note-text')).toBe('Von hier.');
    await window.click('save-note');
    expect(window.asked('save_note')).toEqual([]);
    expect((document.activeElement as HTMLElement).dataset['testid']).toBe('keep-mine');
    await window.click('keep-mine');
    expect(window.asked('save_note')).toEqual([{ session_id: 'x-now', version: 3, text: 'Von hier.' }]);
    expect(window.app.drafts.entries).toEqual([]);
  });

  it('b67_half_typed_yields_to_the_other_device_when_that_is_chosen', async () => {
    const window = await training({ notes: [note] });
    await press('m');
    await window.type('note-text', 'Von hier.');
    await comes(window, { kind: 'note', entity: { ...note, text: 'Vom Tablet.', version: 3 } });
    await window.click('keep-theirs');
    expect(value(window, 'note-text')).toBe('Vom Tablet.');
    expect(window.has('two-texts')).toBe(false);
    expect(window.asked('save_note')).toEqual([]);
  });

  it('b07_keeps_a_third_text_when_two_are_decided_about', async () => {
    const window = await training(
      { notes: [note], refused: [refused({ note: 'Von hier.' })] },
      { discard_act: () => null },
    );
    await press('m');
    await window.type('note-text', 'Ein dritter.');
    await window.click('keep-theirs');
    expect(window.asked('discard_act')).toEqual([{ key: 'a-1' }]);
    expect(value(window, 'note-text')).toBe('Ein dritter.');
  });

  it('b07_stays_to_be_decided_when_the_decision_fails', async () => {
    const window = await training(
      { notes: [note], refused: [refused({ note: 'Von hier.' })] },
      { save_note: () => Promise.reject(failure('internal')), discard_act: () => null },
    );
    await window.click('keep-mine');
    expect(window.asked('discard_act')).toEqual([]);
    expect(window.find('two-texts').querySelector('[data-testid="failure"]')).not.toBeNull();
  });

  it('b07_keeps_what_is_typed_while_it_is_saved', async () => {
    const saving = later<Note>();
    const window = await training({ notes: [note] }, { save_note: () => saving.answer });
    await press('m');
    await window.type('note-text', 'Knie');
    await window.click('save-note');
    await window.type('note-text', 'Knie beobachten');
    const saved = { ...note, text: 'Knie', version: 3 };
    await comes(window, { kind: 'note', entity: saved });
    saving.resolve(saved);
    await settle();
    expect(value(window, 'note-text')).toBe('Knie beobachten');
    expect(window.has('two-texts')).toBe(false);
    window.bridge.answers.save_note = ({ text }) => ({ ...note, text, version: 4 });
    await window.click('save-note');
    expect(window.asked('save_note').map(({ version }) => version)).toEqual([2, 3]);
    expect(window.has('session-note')).toBe(false);
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

  it('names the entry that a button is about', async () => {
    const window = await journal({ journal_entries: [RUNS, SHOULDER] });
    for (const testid of ['edit-entry', 'delete-entry']) {
      const names = [...document.querySelectorAll(`[data-testid="${testid}"]`)].map(
        (button) => button.ariaLabel ?? button.getAttribute('aria-label'),
      );
      expect(new Set(names).size).toBe(2);
    }
    await window.click('edit-entry');
    expect(document.querySelector('[data-testid="journal-entry"] label')?.textContent).toContain(
      '20.11.2026',
    );
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

  describe('that is longer than what is known here', () => {
    const old = entry('j-0', 'Alter Eintrag', { at: '2025-01-01T10:00:00Z' });
    const older = entry('j-00', 'Noch älter', { at: '2024-01-01T10:00:00Z' });
    const pages: Answers = {
      list_journal: ({ after }) =>
        after === 'j-2' ? { entries: [old], next: 'j-0' } : { entries: [older], next: null },
    };

    it('shows older entries after the last one that is not pinned', async () => {
      const window = await journal(
        { journal_entries: [RUNS, { ...SHOULDER, at: '2023-01-01T10:00:00Z' }] },
        pages,
      );
      expect(texts()).toEqual([SHOULDER.text, 'Läuft sonntags', 'Alter Eintrag']);
      await window.click('more-entries');
      expect(texts().slice(2)).toEqual(['Alter Eintrag', 'Noch älter']);
      expect(window.has('more-entries')).toBe(false);
      expect(window.asked('list_journal').map(({ after }) => after)).toEqual(['j-2', 'j-0']);
    });

    it('offers no older ones when there are none', async () => {
      const window = await journal({ journal_entries: [RUNS] });
      expect(window.has('more-entries')).toBe(false);
    });

    it('offers to ask again when nobody could be asked', async () => {
      const window = await journal(
        { journal_entries: [RUNS] },
        { list_journal: () => Promise.reject(failure('unreachable')) },
      );
      expect(window.has('failure')).toBe(false);
      await window.click('more-entries');
      expect(window.has('failure')).toBe(true);
      window.bridge.answers.list_journal = () => ({ entries: [old], next: null });
      await window.click('more-entries');
      expect(texts()).toEqual(['Läuft sonntags', 'Alter Eintrag']);
      expect(window.has('failure')).toBe(false);
    });

    it('follows what is deleted and changed elsewhere', async () => {
      const window = await journal({ journal_entries: [RUNS] }, pages);
      window.bridge.answers.list_journal = () => ({ entries: [{ ...old, text: 'Neu' }], next: null });
      await goes(window, old.id, 'journal-saved');
      expect(texts()).toEqual(['Läuft sonntags', 'Neu']);
      await goes(window, old.id, 'journal-removed');
      expect(texts()).toEqual(['Läuft sonntags']);
    });

    it('says a failure at the entry it is about', async () => {
      const window = await journal(
        { journal_entries: [RUNS, SHOULDER] },
        { delete_journal_entry: () => Promise.reject(failure('internal')) },
      );
      await window.click('delete-entry');
      expect(document.querySelectorAll('[data-testid="failure"]')).toHaveLength(1);
    });

    it('says why a deletion could not be undone', async () => {
      const window = await journal(
        { journal_entries: [RUNS] },
        {
          delete_journal_entry: () => null,
          restore_journal_entry: () => Promise.reject(failure('internal')),
        },
      );
      await window.click('delete-entry');
      await window.click('undo');
      expect(window.has('notice')).toBe(true);
    });
  });

  it('b07_keeps_what_is_half_typed_wherever_somebody_goes', async () => {
    const window = await journal();
    await window.type('journal-text', 'Läuft sonn');
    window.find('journal-text').focus();
    await press('Escape');
    expect(window.view()).toBe('athletes');
    await press('Escape');
    expect(window.view()).toBe('trainer');
    await window.click('open-athletes');
    await window.click('tab-journal');
    expect(value(window, 'journal-text')).toBe('Läuft sonn');
  });

  describe('an edit', () => {
    async function editing(answers: Answers = {}): Promise<Window> {
      const window = await journal({ journal_entries: [RUNS] }, answers);
      await window.click('edit-entry');
      const field = document.querySelector<HTMLTextAreaElement>('[data-testid="journal-entry"] textarea');
      if (!field) throw new Error('nothing to write into');
      field.value = 'Läuft samstags';
      field.dispatchEvent(new InputEvent('input', { bubbles: true }));
      await settle();
      return window;
    }
    const field = () =>
      document.querySelector<HTMLTextAreaElement>('[data-testid="journal-entry"] textarea')?.value;
    const submit = async () => {
      document
        .querySelector('[data-testid="journal-entry"] form')
        ?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
      await settle();
    };

    it('b07_is_left_by_escape_and_there_when_it_is_opened_again', async () => {
      const window = await editing();
      await press('Escape');
      expect(field()).toBeUndefined();
      expect((document.activeElement as HTMLElement).dataset['testid']).toBe('edit-entry');
      expect(window.find('unsaved-entry').textContent).toContain('noch nicht gespeichert');
      await window.click('edit-entry');
      expect(field()).toBe('Läuft samstags');
    });

    it('b34_is_discarded_at_once_and_brought_back_by_one_key', async () => {
      const window = await editing();
      await window.click('close-entry');
      expect(window.has('unsaved-entry')).toBe(false);
      await window.click('undo');
      expect(window.has('unsaved-entry')).toBe(true);
    });

    it('b67_is_not_saved_over_what_another_device_wrote_meanwhile', async () => {
      const window = await editing({ edit_journal_entry: ({ text }) => ({ ...RUNS, text, version: 3 }) });
      await comes(window, { kind: 'journal-entry', entity: { ...RUNS, text: 'Läuft nie', version: 2 } });
      expect(window.find('two-texts').textContent).toContain('Läuft nie');
      await submit();
      expect(window.asked('edit_journal_entry')).toEqual([]);
      await window.click('keep-mine');
      expect(window.asked('edit_journal_entry')).toEqual([
        { entry_id: 'j-2', version: 2, text: 'Läuft samstags', pinned: false },
      ]);
    });

    it('keeps what another device pinned meanwhile', async () => {
      const window = await editing({ edit_journal_entry: () => ({ ...RUNS, version: 3 }) });
      await comes(window, { kind: 'journal-entry', entity: { ...RUNS, pinned: true, version: 2 } });
      expect(window.has('two-texts')).toBe(false);
      await submit();
      expect(window.asked('edit_journal_entry')).toEqual([
        { entry_id: 'j-2', version: 2, text: 'Läuft samstags', pinned: true },
      ]);
    });

    it('b07_is_kept_when_the_entry_is_deleted_elsewhere', async () => {
      const window = await editing({ create_journal_entry: () => RUNS });
      await goes(window, RUNS.id, 'journal-removed');
      expect(window.find('abandoned-entry').textContent).toContain('Läuft samstags');
      await window.click('keep-abandoned');
      expect(window.asked('create_journal_entry')).toEqual([
        { athlete_id: JONAS.id, text: 'Läuft samstags', pinned: false },
      ]);
      expect(window.has('abandoned-entry')).toBe(false);
    });

    it('stays open for what is typed while it is saved', async () => {
      const saving = later<JournalEntry>();
      const window = await journal({}, { create_journal_entry: () => saving.answer });
      await window.type('journal-text', 'Läuft');
      await window.click('save-entry');
      await window.type('journal-text', 'Läuft sonntags');
      saving.resolve(RUNS);
      await settle();
      expect(value(window, 'journal-text')).toBe('Läuft sonntags');
    });
  });
});

/** Erasing a person, what is left of them on screen, and what the log says of it. */
import { describe, expect, it } from 'vitest';

import type { AuditEntry, User } from '../src/bridge/bridge';
import { FORMER_NAMES } from '../src/bridge/generated';
import { erasedWords } from '../src/words/audit';
import { personName } from '../src/words/names';
import { ATHLETE, view } from '../dev/fixtures';
import { kiosk } from '../dev/kiosk-scenes';
import { failure, type Answers } from '../dev/scripted';
import { ADMIN, studio, USERS } from '../dev/studio-scenes';
import { open, type Window } from './window';

const openStudio = (more: Answers = {}) => open(view(ADMIN), studio(more));

async function openPerson(window: Window, { name }: User): Promise<void> {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-testid="person-row"]')];
  rows
    .find((row) => row.textContent.includes(name))
    ?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  await window.settle();
}

function aTrainer(): User {
  const found = USERS.find(({ name }) => name === 'Jonas Brandt');
  if (!found) throw new Error('nobody is called Jonas Brandt');
  return found;
}

describe('erasing a person', () => {
  it('b37_is_done_once_their_name_is_typed_and_takes_them_off_the_list', async () => {
    const window = await openStudio({ erase_user: () => null });
    await openPerson(window, aTrainer());
    await window.click('erase-person');
    expect(window.text()).toContain('lässt sich nicht rückgängig machen');
    expect(window.asked('erase_user')).toEqual([]);
    expect((document.activeElement as HTMLElement).dataset['testid']).toBe('erase-name');
    await window.type('erase-name', 'Jonas Brandt');
    await window.click('confirm-erase');
    expect(window.asked('erase_user')).toEqual([{ user_id: aTrainer().id, confirm: 'Jonas Brandt' }]);
    expect(window.has('erase-section')).toBe(false);
    expect(document.querySelectorAll('[data-testid="person-row"]')).toHaveLength(USERS.length - 1);
    expect(window.find('notice').textContent).toContain('Jonas Brandt');
  });

  it('says at the input that it is another name, and elsewhere why it can’t be', async () => {
    const wrong = { ...failure('invalid'), fields: [{ pointer: '/confirm', code: 'not-repeated' as const }] };
    let answer = wrong;
    const window = await openStudio({ erase_user: () => Promise.reject(answer) });
    await openPerson(window, aTrainer());
    await window.click('erase-person');
    await window.type('erase-name', 'Jonas');
    await window.click('confirm-erase');
    expect(window.find('erase-name').getAttribute('aria-invalid')).toBe('true');
    expect(window.text()).toContain('Das muss übereinstimmen.');
    answer = { ...failure('has-athletes'), fields: [] };
    await window.click('confirm-erase');
    expect(window.find('erase-name').getAttribute('aria-invalid')).toBe(null);
    expect(window.has('erase-section')).toBe(true);
  });

  it('takes nothing else while it is done', async () => {
    let done: (() => void) | undefined;
    const window = await openStudio({
      erase_user: () => new Promise((resolve) => (done = () => resolve(null))),
    });
    await openPerson(window, aTrainer());
    await window.click('erase-person');
    await window.type('erase-name', 'Jonas Brandt');
    await window.click('confirm-erase');
    expect(window.find('erase-section').getAttribute('aria-busy')).toBe('true');
    expect((window.find('erase-name') as HTMLInputElement).readOnly).toBe(true);
    await window.click('keep-person');
    await window.click('confirm-erase');
    expect(window.has('erase-name')).toBe(true);
    expect(window.asked('erase_user')).toHaveLength(1);
    done?.();
    await window.settle();
    expect(window.has('erase-section')).toBe(false);
  });

  it('is left without a trace of what was typed', async () => {
    const window = await openStudio();
    await openPerson(window, aTrainer());
    await window.click('erase-person');
    await window.type('erase-name', 'Jonas');
    await window.click('keep-person');
    expect((document.activeElement as HTMLElement).dataset['testid']).toBe('erase-person');
    await window.click('erase-person');
    expect((window.find('erase-name') as HTMLInputElement).value).toBe('');
  });
});

describe('a person’s data', () => {
  it('b37_is_saved_as_a_file_and_it_is_said_where', async () => {
    const window = await openStudio({ export_person: () => '/home/ada/Downloads/ringside-jonas.zip' });
    await openPerson(window, aTrainer());
    await window.click('export-person');
    expect(window.asked('export_person')).toEqual([{ user_id: aTrainer().id }]);
    expect(window.find('export-saved').textContent).toContain('/home/ada/Downloads/ringside-jonas.zip');
  });

  it('b37_is_not_saved_on_a_kiosk', async () => {
    const window = await openStudio();
    window.bridge.emit({ type: 'kiosk', kiosk: kiosk({ foreground: view(ADMIN).profile }) });
    await openPerson(window, aTrainer());
    expect(window.has('erase-section')).toBe(true);
    expect(window.has('export-person')).toBe(false);
  });

  it('b37_is_there_for_everybody_in_the_settings', async () => {
    const window = await open(view(ATHLETE), { export_person: () => Promise.reject(failure('busy')) });
    await window.click('open-settings');
    await window.click('export-person');
    expect(window.asked('export_person')).toEqual([{ user_id: ATHLETE.id }]);
    expect(window.has('export-saved')).toBe(false);
    expect(window.find('failure').textContent).not.toBe('');
  });
});

describe('somebody who was erased', () => {
  it('is called what they were, in the language on screen', async () => {
    await openStudio();
    expect(personName({ name: FORMER_NAMES.athlete })).toBe('Ehemaliger Athlet');
    expect(personName({ name: FORMER_NAMES.trainer })).toBe('Ehemaliger Trainer');
    expect(personName({ name: FORMER_NAMES.admin })).toBe('Ehemaliger Admin');
    for (const name of ['Jonas Brandt', 'constructor', '']) expect(personName({ name })).toBe(name);
  });

  it('b37_is_in_the_log_with_how_much_was_erased', async () => {
    const erased = {
      sessions: 1,
      shared_sessions: 12,
      sets: 0,
      weights: 0,
      notes: 3,
      journal_entries: 0,
      templates: 0,
      shared_templates: 0,
      devices: 2,
      uploads: 0,
      answers: 40,
      feeds: 2,
    };
    const entry: AuditEntry = {
      at: '2026-12-01T08:00:00Z',
      by: { id: ADMIN.id, name: ADMIN.name },
      act: 'user-erased',
      on: { kind: 'user', id: 'u-gone', name: FORMER_NAMES.athlete },
      erased,
    };
    const window = await openStudio({ list_audit: () => ({ entries: [entry], next: null }) });
    await window.click('open-log');
    const text = window.find('audit-entry').textContent;
    for (const part of ['Ehemaliger Athlet', 'Alles Persönliche gelöscht', erasedWords(erased)])
      expect(text).toContain(part);
    expect(erasedWords(erased)).toBe(
      'Eigene Trainings: 1 · Trainings mit anderen: 12 · Notizen: 3 · Anmeldungen: 2',
    );
  });
});

/** The studio's place: finding people, changing them, their access. */
import { describe, expect, it, vi } from 'vitest';

import type { Account, User, UserPage } from '../src/bridge/bridge';
import { REFRESH_MS } from '../src/state/people-refresh';
import { PAUSE_MS } from '../src/state/user-list.svelte';
import { ATHLETE, MIRA, TRAINER, view } from '../dev/fixtures';
import { failure, type Answers } from '../dev/scripted';
import { ADMIN, DEVICES, invitation, page, studio, user, USERS } from '../dev/studio-scenes';
import { open, settle, type Window } from './window';

const press = async (key: string, target: EventTarget = document.activeElement ?? document.body) => {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  await settle();
};
const rows = () =>
  [...document.querySelectorAll<HTMLElement>('[data-testid="person-row"]')].map(
    ({ dataset }) => dataset['id'],
  );
const focused = () => (document.activeElement as HTMLElement).dataset;
const value = (element: HTMLElement) => (element as HTMLInputElement).value;
const queries = (window: Window) =>
  window
    .asked('list_users')
    .map(({ query }) => query)
    .filter(({ role }) => role !== 'trainer');

async function openRow(window: Window, name: string): Promise<void> {
  const row = [...document.querySelectorAll<HTMLElement>('[data-testid="person-row"]')].find((it) =>
    it.textContent.includes(name),
  );
  row?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  await window.settle();
}

async function check(window: Window, testid: string): Promise<void> {
  const box = window.find(testid) as HTMLInputElement;
  box.checked = !box.checked;
  box.dispatchEvent(new Event('change', { bubbles: true }));
  await window.settle();
}

async function select(window: Window, testid: string, chosen: string): Promise<void> {
  const input = window.find(testid) as HTMLSelectElement;
  input.value = chosen;
  input.dispatchEvent(new Event('change', { bubbles: true }));
  await window.settle();
}

const openStudio = (more: Answers = {}, me: Account = ADMIN) => open(view(me), studio(more));

describe('the studio’s place', () => {
  it('is the window of whoever only keeps the studio', async () => {
    const window = await openStudio();
    expect(window.view()).toBe('studio');
    expect(window.has('open-studio')).toBe(false);
    expect(rows()).toHaveLength(USERS.length);
    const text = window.text();
    for (const part of ['Özlem Şahin', 'Verwaltung', 'Eingeladen', 'Deaktiviert', 'noch nie', 'Mira Sommer'])
      expect(text).toContain(part);
  });

  it('is opened by G S and left by G T for whoever also leads sessions', async () => {
    const window = await openStudio({}, { ...TRAINER, roles: ['trainer', 'admin'] });
    expect(window.view()).toBe('trainer');
    await press('s', document.body);
    expect(window.has('search-people')).toBe(false);
    await press('g', document.body);
    await press('s', document.body);
    expect(window.view()).toBe('studio');
    await press('g');
    await press('t');
    expect(window.view()).toBe('trainer');
    await window.click('open-studio');
    await window.click('open-today');
    expect(window.view()).toBe('trainer');
  });

  it('is open to an athlete who keeps it', async () => {
    const window = await openStudio({}, { ...ATHLETE, roles: ['athlete', 'admin'] });
    await window.click('open-studio');
    expect(window.view()).toBe('studio');
  });

  it('is open to nobody else', async () => {
    const window = await openStudio({}, TRAINER);
    expect(window.has('open-studio')).toBe(false);
    await press('g', document.body);
    await press('s', document.body);
    expect(window.view()).toBe('trainer');
    expect(window.asked('list_users')).toEqual([]);
  });
});

describe('the list of people', () => {
  it('b49_people_are_found_by_typing_and_only_the_last_answer_counts', async () => {
    const window = await openStudio();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const answers = new Map<string | null, (page: UserPage) => void>();
    window.bridge.answers.list_users = ({ query }) =>
      new Promise((resolve) => answers.set(query.search, resolve));
    const type = async (text: string) => {
      await window.type('search-people', text);
      await vi.advanceTimersByTimeAsync(PAUSE_MS);
    };
    await window.type('search-people', 'j');
    await type('jo');
    expect(answers.has('j')).toBe(false);
    await type('jon');
    answers.get('jon')?.(page(USERS, { search: 'jonas' }));
    await settle();
    answers.get('jo')?.(page(USERS));
    await settle();
    expect(rows()).toEqual(['u-jonas.brandt']);
    expect(value(window.find('search-people'))).toBe('jon');
  });

  it('is filtered by role and status', async () => {
    const window = await openStudio();
    await select(window, 'filter-role', 'admin');
    await select(window, 'filter-status', 'active');
    expect(queries(window).at(-1)).toMatchObject({ role: 'admin', status: 'active', limit: 100 });
    expect(rows()).toEqual(['u-noor', 'u-özlem.şahin']);
    await select(window, 'filter-status', 'deactivated');
    expect(window.text()).toContain('Niemand gefunden');
  });

  it('asks for the next page when it is wanted, and shows nobody twice', async () => {
    const window = await openStudio({
      list_users: ({ query }) =>
        query.after === null
          ? { users: USERS.slice(0, 3), next: 'u-3' }
          : { users: USERS.slice(2), next: null },
    });
    expect(rows()).toHaveLength(3);
    await window.click('more-people');
    expect(rows()).toHaveLength(USERS.length);
    expect(window.has('more-people')).toBe(false);
  });

  it('shows what another admin changes: while it is on screen, and at once when it is looked at again', async () => {
    let people = [...USERS];
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const window = await openStudio({ list_users: ({ query }) => page(people, query) });
    const change = (id: string, more: Partial<User>) => {
      people = people.map((one) => (one.id === id ? { ...one, ...more, version: one.version + 1 } : one));
    };
    await openRow(window, 'Jonas');
    await window.type('person-name', 'Jonas B.');
    change('u-jonas.brandt', { name: 'Jonas Brand' });
    change('u-alva.lindqvist', { name: 'Alva Lind', status: 'deactivated' });
    people = people.filter(({ id }) => id !== 'u-tariq.haddad');
    expect(window.text()).toContain('Alva Lindqvist');
    await vi.advanceTimersByTimeAsync(REFRESH_MS);
    await window.settle();
    expect(rows()).toHaveLength(USERS.length - 1);
    expect(window.text()).toContain('Alva Lind');
    expect(window.text()).not.toContain('Alva Lindqvist');
    expect(value(window.find('person-name'))).toBe('Jonas B.');

    change('u-alva.lindqvist', { name: 'Alva Berg' });
    dispatchEvent(new Event('focus'));
    await window.settle();
    expect(window.text()).toContain('Alva Berg');
    // Who fails to be asked without having been asked for is not said.
    window.bridge.answers.list_users = () => {
      throw failure('unreachable');
    };
    dispatchEvent(new Event('focus'));
    await window.settle();
    expect(window.text()).toContain('Alva Berg');
    expect(window.has('retry-people')).toBe(false);
  });

  it('is not asked for while nobody sees it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const window = await openStudio({}, { ...TRAINER, roles: ['trainer', 'admin'] });
    await window.click('open-studio');
    const asked = queries(window).length;
    expect(asked).toBeGreaterThan(0);
    await window.click('open-today');
    await vi.advanceTimersByTimeAsync(3 * REFRESH_MS);
    expect(queries(window)).toHaveLength(asked);
  });

  it('is gone through by arrows; Enter opens, Escape closes', async () => {
    const window = await openStudio();
    expect(focused()['id']).toBe(rows()[0]);
    await press('ArrowDown');
    expect(focused()['id']).toBe(rows()[1]);
    await press('ArrowUp');
    await press('ArrowUp');
    expect(focused()['testid']).toBe('search-people');
    await openRow(window, 'Jonas');
    expect(focused()['testid']).toBe('person-name');
    await press('Escape');
    expect(window.has('person-name')).toBe(false);
    expect(focused()['testid']).toBe('person-row');
  });

  it('says why it can’t be shown, and tries again', async () => {
    const window = await openStudio({ list_users: () => Promise.reject(failure('unreachable')) });
    expect(window.find('failure').dataset['code']).toBe('unreachable');
    Object.assign(window.bridge.answers, studio());
    await window.click('retry-people');
    expect(rows()).toHaveLength(USERS.length);
    expect(window.has('failure')).toBe(false);
  });
});

describe('a person', () => {
  const saved = (more: Partial<User>): User => ({ ...(USERS[1] as User), version: 2, ...more });

  it('is changed in what was typed, and in nothing else', async () => {
    const window = await openStudio({ change_user: () => saved({ name: 'Jonas Brand' }) });
    await openRow(window, 'Jonas');
    expect(window.has('save-person')).toBe(false);
    await window.type('person-name', 'Jonas Brand');
    await window.click('save-person');
    expect(window.asked('change_user')).toEqual([
      {
        user_id: 'u-jonas.brandt',
        version: 1,
        change: { name: 'Jonas Brand', email: null, roles: null, locale: null, active: null },
      },
    ]);
    expect(window.has('save-person')).toBe(false);
    expect(window.text()).toContain('Jonas Brand');
  });

  it('gets roles, a language and a trainer, or none', async () => {
    const window = await openStudio({ change_user: () => saved({ trainer: null }) });
    await openRow(window, 'Jonas');
    await select(window, 'person-trainer', '');
    await select(window, 'person-language', 'pt');
    await check(window, 'role-of-trainer');
    await window.click('save-person');
    expect(window.asked('change_user')).toMatchObject([
      { change: { name: null, roles: ['athlete', 'trainer'], locale: 'pt', trainer_id: null } },
    ]);
  });

  it('is offered every trainer who can be one, but never themself', async () => {
    const window = await openStudio();
    await openRow(window, 'Mira Sommer');
    const options = [...window.find('person-trainer').querySelectorAll('option')].map((it) => it.value);
    expect(options).toEqual(['', 'u-özlem.şahin']);
  });

  it.each(['last-admin', 'has-athletes', 'email-taken'] as const)(
    'b35_%s_is_said_in_words_and_what_was_typed_stays',
    async (code) => {
      const window = await openStudio({ change_user: () => Promise.reject(failure(code)) });
      await openRow(window, 'Jonas');
      await window.type('person-email', 'mira@studio.example');
      await window.click('save-person');
      if (code === 'email-taken') {
        expect(window.find('person-email').getAttribute('aria-invalid')).toBe('true');
        expect(focused()['testid']).toBe('person-email');
      } else expect(window.find('failure').dataset['code']).toBe(code);
      expect(value(window.find('person-email'))).toBe('mira@studio.example');
    },
  );

  it('changed by somebody else meanwhile: told with what they did, and saved on that', async () => {
    const theirs = saved({
      email: 'jonas@neu.example',
      roles: ['athlete', 'trainer'],
      trainer: null,
      version: 5,
    });
    const window = await openStudio({
      change_user: ({ version }) =>
        version === 5
          ? { ...theirs, name: 'Jonas B.', version: 6 }
          : Promise.reject(failure('version-mismatch')),
      read_user: () => theirs,
    });
    await openRow(window, 'Jonas');
    await window.type('person-name', 'Jonas B.');
    await window.click('save-person');
    const told = window.find('person-changed').textContent;
    for (const part of ['jonas@neu.example', 'Trainiert, Trainer', 'Noch niemand'])
      expect(told).toContain(part);
    expect(value(window.find('person-name'))).toBe('Jonas B.');
    expect(value(window.find('person-email'))).toBe('jonas@neu.example');
    await window.click('save-person');
    expect(window.asked('change_user').map(({ version }) => version)).toEqual([1, 5]);
    expect(window.asked('change_user')[1]?.change).toMatchObject({
      name: 'Jonas B.',
      email: null,
      roles: null,
    });
    expect(window.has('person-changed')).toBe(false);
  });

  it('b07_what_is_typed_is_there_again_after_looking_elsewhere', async () => {
    const window = await openStudio({}, { ...TRAINER, roles: ['trainer', 'admin'] });
    await window.click('open-studio');
    await openRow(window, 'Jonas');
    await window.type('person-name', 'Jo');
    await openRow(window, 'Alva');
    expect(value(window.find('person-name'))).toBe('Alva Lindqvist');
    await window.click('open-today');
    await window.click('open-studio');
    await openRow(window, 'Jonas');
    expect(value(window.find('person-name'))).toBe('Jo');
    await window.click('discard-person');
    expect(value(window.find('person-name'))).toBe('Jonas Brandt');
  });

  it('is deactivated, and back within ten seconds', async () => {
    let version = 1;
    const window = await openStudio({
      change_user: ({ change }) =>
        saved({ status: change.active ? 'active' : 'deactivated', version: ++version }),
    });
    await openRow(window, 'Jonas');
    await window.click('deactivate-person');
    expect(window.find('notice').textContent).toContain('Jonas Brandt');
    expect(window.has('activate-person')).toBe(true);
    await window.click('undo');
    expect(window.asked('change_user').map((it) => [it.version, it.change.active])).toEqual([
      [1, false],
      [2, true],
    ]);
    expect(window.has('deactivate-person')).toBe(true);
  });

  it('who has a password gets a link for another one only after it was said what that means', async () => {
    const window = await openStudio({ invite_user: () => invitation({ purpose: 'reset' }) });
    await openRow(window, 'Jonas');
    await window.click('reset-password');
    expect(window.text()).toContain('sofort überall abgemeldet');
    expect(window.asked('invite_user')).toEqual([]);
    await window.click('confirm-reset');
    expect(window.asked('invite_user')).toEqual([{ user_id: 'u-jonas.brandt' }]);
    expect(window.find('invitation-link').textContent).toBe(invitation().link);
  });

  it('who is invited can be invited again, or no longer', async () => {
    const window = await openStudio({ withdraw_invitation: () => null });
    await openRow(window, 'Maximiliane');
    await window.click('invite-again');
    expect(window.has('invitation-card')).toBe(true);
    await window.click('withdraw');
    expect(window.has('invitation-card')).toBe(false);
    expect(window.asked('withdraw_invitation')).toHaveLength(1);
  });

  it('b51_is_signed_out_of_one_device', async () => {
    const window = await openStudio({ end_device: () => null });
    await openRow(window, 'Jonas');
    await window.click('show-devices');
    expect(window.text()).toContain('MacBook von Jonas');
    await window.click('end-device');
    expect(window.asked('end_device')).toEqual([{ user_id: 'u-jonas.brandt', device_id: DEVICES[0]?.id }]);
    expect(document.querySelectorAll('[data-testid="device"]')).toHaveLength(1);
  });

  it('of a newer server keeps the words this version does not know', async () => {
    const odd = user('Odd One', ['athlete', 'physio' as never], { locale: 'fr' as never, trainer: MIRA });
    const window = await openStudio({
      list_users: ({ query }) => page(query.role === 'trainer' ? [] : [odd]),
      change_user: () => ({ ...odd, version: 2 }),
    });
    await openRow(window, 'Odd One');
    expect(window.text()).toContain('physio');
    await window.type('person-name', 'Odd');
    await window.click('save-person');
    expect(window.asked('change_user')[0]?.change).toMatchObject({ roles: null, locale: null });
    expect(window.asked('change_user')[0]?.change).not.toHaveProperty('trainer_id');
  });
});

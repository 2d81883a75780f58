/** What the keys do in the studio’s list of people: to whoever’s row has the keyboard, or to whoever is open. */
import { describe, expect, it } from 'vitest';

import type { User } from '../src/bridge/bridge';
import { view } from '../dev/fixtures';
import { failure, type Answers } from '../dev/scripted';
import { ADMIN, invitation, studio, USERS } from '../dev/studio-scenes';
import { open, settle, type Window } from './window';

const press = async (key: string, target: EventTarget = document.activeElement ?? document.body) => {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  await settle();
};
const focused = () => (document.activeElement as HTMLElement).dataset;
const openStudio = (more: Answers = {}) => open(view(ADMIN), studio(more));

describe('the keys of a row', () => {
  const row = (id: string) =>
    document.querySelector<HTMLElement>(`[data-testid="person-row"][data-id="${id}"]`) as HTMLElement;
  const at = (id: string) => {
    row(id).focus();
  };
  const invitedUser = () => USERS.find(({ status }) => status === 'invited') as User;
  const changed = (window: Window) => window.asked('change_user').map((it) => [it.user_id, it.change.active]);

  it('D deactivates whoever has the keyboard, and activates them again, and it stays there', async () => {
    let version = 1;
    const window = await openStudio({
      change_user: ({ user_id, change }) => ({
        ...(USERS.find(({ id }) => id === user_id) as User),
        status: change.active ? 'active' : 'deactivated',
        version: ++version,
      }),
    });
    at('u-jonas.brandt');
    await press('d');
    expect(changed(window)).toEqual([['u-jonas.brandt', false]]);
    expect(window.has('undo')).toBe(true);
    expect(focused()['id']).toBe('u-jonas.brandt');
    expect(window.has('person-editor')).toBe(false);
    await press('D');
    expect(changed(window)).toEqual([
      ['u-jonas.brandt', false],
      ['u-jonas.brandt', true],
    ]);
  });

  it('I invites again and goes to what is handed on', async () => {
    const window = await openStudio({ invite_user: () => invitation() });
    at(invitedUser().id);
    await press('i');
    expect(window.asked('invite_user')).toEqual([{ user_id: invitedUser().id }]);
    expect(window.has('invitation-card')).toBe(true);
    expect(focused()['testid']).toBe('copy-message');
  });

  it('P asks before a password is reset', async () => {
    const window = await openStudio({ invite_user: () => invitation({ purpose: 'reset' }) });
    at('u-jonas.brandt');
    await press('p');
    expect(window.asked('invite_user')).toEqual([]);
    expect(focused()['testid']).toBe('confirm-reset');
  });

  it('W withdraws an invitation', async () => {
    const window = await openStudio({ withdraw_invitation: () => null });
    at(invitedUser().id);
    await press('w');
    expect(window.asked('withdraw_invitation')).toEqual([{ user_id: invitedUser().id }]);
  });

  it('do nothing about somebody for whom it can’t be done', async () => {
    const window = await openStudio();
    at('u-jonas.brandt');
    for (const key of ['i', 'w']) await press(key);
    at(invitedUser().id);
    await press('p');
    expect(window.has('person-editor')).toBe(false);
    expect(window.asked('invite_user')).toEqual([]);
    expect(row('u-jonas.brandt').getAttribute('aria-keyshortcuts')).toBe('p d');
  });

  it('are about whoever is open where no row has the keyboard', async () => {
    const window = await openStudio();
    row('u-jonas.brandt').click();
    await window.settle();
    window.find('close-person').focus();
    await press('p');
    expect(focused()['testid']).toBe('confirm-reset');
  });

  it('are letters in a field', async () => {
    const window = await openStudio();
    row('u-jonas.brandt').click();
    await window.settle();
    await press('d', window.find('person-name'));
    expect(window.asked('change_user')).toEqual([]);
  });

  it('do nothing for whoever wants no single letters as shortcuts', async () => {
    const window = await openStudio();
    window.app.settings.singleKeys = false;
    at('u-jonas.brandt');
    await press('d');
    expect(window.asked('change_user')).toEqual([]);
  });

  it('show what went wrong beside the list', async () => {
    const window = await openStudio({ change_user: () => Promise.reject(failure('unreachable')) });
    at('u-jonas.brandt');
    await press('d');
    expect(window.find('failure').dataset['code']).toBe('unreachable');
  });

  it('stand in the overview', async () => {
    const window = await openStudio();
    await press('?', document.body);
    for (const words of ['Neu einladen', 'Einladung zurückziehen', 'Passwort zurücksetzen', 'Deaktivieren'])
      expect(window.find('shortcuts').textContent).toContain(words);
  });
});

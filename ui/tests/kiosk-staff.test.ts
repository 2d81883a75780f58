/** The staff page of the kiosk, and its questions about members. */
import { describe, expect, it } from 'vitest';

import type { KioskMember } from '../src/bridge/bridge';
import { isolated } from '../src/words/names';
import { TRAINER, view } from '../dev/fixtures';
import { failure } from '../dev/scripted';
import { MACHINE, member } from '../dev/kiosk-scenes';
import { open, type Window } from './window';
import { bringJonas, JONAS, lobby, openKiosk, openStaffPage, sendKiosk, typePin } from './kiosk-window';

describe('the staff page', () => {
  it('asks for the studio’s PIN instead of closing', async () => {
    const window = await openKiosk({ open_staff: () => null });
    window.bridge.emit({ type: 'closing' });
    await window.settle();
    expect(window.view()).toBe('kiosk-staff-pin');
    await typePin(window, '246810');
    await window.click('try-pin');
    expect(window.asked('open_staff')).toEqual([{ pin: '246810' }]);
  });

  it('asks for the PIN whichever of the core’s messages arrives first', async () => {
    const window = await openKiosk();
    await bringJonas(window);
    window.bridge.emit({ type: 'closing' });
    await window.settle();
    // The core sends the new foreground after its answer.
    await sendKiosk(window, {});
    window.bridge.emit({ type: 'view', view: lobby });
    await window.settle();
    expect(window.view()).toBe('kiosk-staff-pin');
  });

  it('leaves full screen, and says how long that lasts', async () => {
    const window = await openStaffPage([], { fill_screen: () => null });
    const option = window.find('fill-screen') as HTMLInputElement;
    expect(document.getElementById(option.getAttribute('aria-describedby') ?? '')?.textContent).toContain(
      'until this page is left',
    );
    option.checked = false;
    option.dispatchEvent(new Event('change', { bubbles: true }));
    await window.settle();
    expect(window.asked('fill_screen')).toEqual([{ on: false }]);
  });

  it.each(['locked', 'missing'] as const)(
    'says that the keyring is %s, and what that means',
    async (keyring) => {
      const window = await openStaffPage([]);
      expect(window.has('keyring')).toBe(false);
      await sendKiosk(window, { is_staff: true, keyring });
      expect(window.find('keyring').textContent).toContain('until Ringside closes');
    },
  );

  it('changes the server only while there are no members', async () => {
    const window = await openStaffPage([], { choose_server: ({ url }) => `https://${url}` });
    await window.type('server-url', 'training.example');
    await window.click('choose-server');
    expect(window.asked('choose_server')).toEqual([{ url: 'training.example' }]);
    await sendKiosk(window, { is_staff: true, members: [member('Jonas Brandt')] });
    expect(window.has('server-choice')).toBe(false);
  });

  it('is set up in the settings of an ordinary machine, with a PIN typed twice', async () => {
    const window = await open(view(TRAINER), { machine: () => MACHINE, become_kiosk: () => null });
    await window.click('open-settings');
    await window.click('submit-kiosk');
    expect(window.asked('become_kiosk')).toHaveLength(0);
    await window.type('new-pin', '246810');
    await window.type('repeat-pin', '246810');
    await window.click('submit-kiosk');
    expect(window.asked('become_kiosk')).toEqual([{ pin: '246810' }]);
  });

  it('can be set up by whom the core permits, and tells others whose sign-in is needed', async () => {
    const window = await open(view(TRAINER, [], { may_set_up_kiosk: false }), { machine: () => MACHINE });
    await window.click('open-settings');
    expect(window.has('staff-sets-up')).toBe(true);
    expect(window.has('submit-kiosk')).toBe(false);
    window.bridge.emit({ type: 'view', view: view(TRAINER, [], { may_set_up_kiosk: true }) });
    await window.settle();
    expect(window.has('submit-kiosk')).toBe(true);
  });
});

describe('what is at stake for members', () => {
  const jonasMember = (more: Partial<KioskMember> = {}) => member('Jonas Brandt', more);
  const stakes = (window: Window) => window.find('at-stake').textContent;
  const row = (name: string) =>
    [...document.querySelectorAll('[data-testid="member-row"]')].find((it) => it.textContent.includes(name))
      ?.textContent;

  it('is in the list: who is training, and who may have unsynced data', async () => {
    await openStaffPage([
      member('Alva', { waiting: 2 }),
      member('Mira', { is_training: true }),
      member('Tariq', { may_have_unsynced: true }),
      member('Yuki'),
    ]);
    expect(row('Alva')).toContain('2 changes waiting');
    expect(row('Mira')).toContain('training');
    expect(row('Tariq')).toContain('perhaps not everything is on the server');
    expect(row('Yuki')).not.toMatch(/waiting|training|server/);
  });

  it('is nothing for a member without a session or unsynced data, so nothing is confirmed', async () => {
    const window = await openStaffPage([jonasMember()], { remove_member: () => null });
    await window.click('remove');
    expect(stakes(window)).toBe('');
    expect(window.find('confirm-remove').textContent).not.toContain('anyway');
    await window.click('confirm-remove');
    expect(window.asked('remove_member')).toEqual([{ profile: JONAS, confirmed: false }]);
    expect(window.has('removing')).toBe(false);
  });

  it.each([
    ['an active session', { is_training: true }, 'The session will be cancelled.'],
    [
      'unsent changes',
      { waiting: 2, may_have_unsynced: true },
      '2 changes have not been sent and will be lost.',
    ],
    [
      'refused changes',
      { may_have_unsynced: true },
      'has not received or has not accepted. It will be lost.',
    ],
  ])('is said before a member is removed, and then confirmed: %s', async (_, more, words) => {
    const window = await openStaffPage([jonasMember(more)], { remove_member: () => null });
    await window.click('remove');
    expect(stakes(window)).toContain(words);
    expect(window.find('confirm-remove').textContent).toContain('Remove anyway');
    await window.click('confirm-remove');
    expect(window.asked('remove_member')).toEqual([{ profile: JONAS, confirmed: true }]);
  });

  it.each([
    ['an active session', { is_training: true }, 'it is not cancelled'],
    [
      'unsent changes',
      { waiting: 2, may_have_unsynced: true },
      '2 changes have not been sent. They stay on this machine',
    ],
    ['refused changes', { may_have_unsynced: true }, 'It stays on this machine and is not sent'],
  ])('is said before the kiosk is ended, and then confirmed: %s', async (_, more, words) => {
    const window = await openStaffPage([member('Alva'), jonasMember(more)], { end_kiosk: () => null });
    await window.click('end-kiosk');
    expect(stakes(window)).toContain(words);
    await window.click('confirm-end');
    expect(window.asked('end_kiosk')).toEqual([{ confirmed: true }]);
  });

  it('is nothing while all members are idle, so nothing is confirmed', async () => {
    const window = await openStaffPage([jonasMember()], { end_kiosk: () => null });
    await window.click('end-kiosk');
    expect(stakes(window)).toBe('');
    await window.click('confirm-end');
    expect(window.asked('end_kiosk')).toEqual([{ confirmed: false }]);
  });

  it.each([
    ['in-session', `A session with ${isolated('Jonas Brandt')} is not over yet.`],
    ['still-waiting', 'has not received or has not accepted'],
  ] as const)('is asked about again when the core knows of more: %s', async (code, words) => {
    const window = await openStaffPage([jonasMember()], {
      remove_member: ({ confirmed }) => (confirmed ? null : Promise.reject(failure(code))),
    });
    await window.click('remove');
    await window.click('confirm-remove');
    expect(stakes(window)).toContain(words);
    expect(window.find('removing').textContent).toContain('Jonas Brandt');
    expect(window.has('failure')).toBe(false);
    await window.click('confirm-remove');
    expect(window.asked('remove_member').map(({ confirmed }) => confirmed)).toEqual([false, true]);
    expect(window.has('removing')).toBe(false);
  });

  it('is still asked about when the close event of the first question comes late, as in web views', async () => {
    const window = await openStaffPage([jonasMember()], {
      remove_member: () => Promise.reject(failure('in-session')),
    });
    await window.click('remove');
    const first = window.find('removing');
    await window.click('confirm-remove');
    expect(window.find('removing')).not.toBe(first);
    first.dispatchEvent(new Event('close'));
    await window.settle();
    expect(stakes(window)).toContain('is not over yet');
  });

  it('is asked about again when a session has just begun', async () => {
    const window = await openStaffPage([jonasMember()], {
      end_kiosk: ({ confirmed }) => (confirmed ? null : Promise.reject(failure('in-session'))),
    });
    await window.click('end-kiosk');
    await window.click('confirm-end');
    expect(stakes(window)).toContain('it is not cancelled');
    await window.click('confirm-end');
    expect(window.asked('end_kiosk').map(({ confirmed }) => confirmed)).toEqual([false, true]);
  });

  it('that was not in the question is not confirmed', async () => {
    const window = await openStaffPage([jonasMember({ waiting: 1, may_have_unsynced: true })], {
      remove_member: () => null,
    });
    await window.click('remove');
    await sendKiosk(window, {
      is_staff: true,
      members: [jonasMember({ waiting: 1, may_have_unsynced: true, is_training: true })],
    });
    expect(stakes(window)).not.toContain('cancelled');
    await window.click('confirm-remove');
    expect(window.asked('remove_member')).toEqual([]);
    expect(stakes(window)).toContain('The session will be cancelled.');
    await window.click('confirm-remove');
    expect(window.asked('remove_member')).toEqual([{ profile: JONAS, confirmed: true }]);
  });

  it('a removal that fails for another reason is reported on the page', async () => {
    const window = await openStaffPage([jonasMember()], {
      remove_member: () => Promise.reject(failure('data-directory')),
    });
    await window.click('remove');
    await window.click('confirm-remove');
    expect(window.has('removing')).toBe(false);
    expect(window.find('failure').dataset['code']).toBe('data-directory');
  });
});

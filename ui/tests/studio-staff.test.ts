/** A studio machine's staff: the way out, and what it asks about others. */
import { describe, expect, it } from 'vitest';

import type { PersonHere } from '../src/bridge/bridge';
import { ATHLETE, view } from '../dev/cast';
import { failure } from '../dev/scripted';
import { here, MACHINE } from '../dev/studio-scenes';
import { open, type Window } from './stage';
import { house, JONAS, jonas, say, screen, staff, type } from './studio-machine';

describe('the way out', () => {
  it('asks for the PIN of the studio instead of closing', async () => {
    const window = await screen({ open_staff: () => null });
    window.bridge.say({ type: 'closing' });
    await window.settle();
    expect(window.view()).toBe('studio-staff-pin');
    await type(window, '246810');
    await window.click('try-pin');
    expect(window.asked('open_staff')).toEqual([{ pin: '246810' }]);
  });

  it('is asked for whichever of its answers comes first', async () => {
    const window = await screen();
    await jonas(window);
    window.bridge.say({ type: 'closing' });
    await window.settle();
    // The core tells that nobody is in front after it has answered.
    await say(window, {});
    window.bridge.say({ type: 'view', view: house });
    await window.settle();
    expect(window.view()).toBe('studio-staff-pin');
  });

  it('takes the window off the full screen, and says for how long', async () => {
    const window = await staff([], { fill_screen: () => null });
    const option = window.find('fill-screen') as HTMLInputElement;
    expect(document.getElementById(option.getAttribute('aria-describedby') ?? '')?.textContent).toContain(
      'until this page is left',
    );
    option.checked = false;
    option.dispatchEvent(new Event('change', { bubbles: true }));
    await window.settle();
    expect(window.asked('fill_screen')).toEqual([{ on: false }]);
  });

  it('points the machine to another server only while nobody trains on it', async () => {
    const window = await staff([], { choose_server: ({ url }) => `https://${url}` });
    await window.type('server-url', 'training.example');
    await window.click('choose-server');
    expect(window.asked('choose_server')).toEqual([{ url: 'training.example' }]);
    await say(window, { is_staff: true, people: [here('Jonas Brandt')] });
    expect(window.has('server-choice')).toBe(false);
  });

  it('is set up in the settings of an ordinary machine, with a PIN that is typed twice', async () => {
    const window = await open(view(ATHLETE), { machine: () => MACHINE, become_studio: () => null });
    await window.click('open-settings');
    await window.click('submit-studio');
    expect(window.asked('become_studio')).toHaveLength(0);
    await window.type('new-pin', '246810');
    await window.type('repeat-pin', '246810');
    await window.click('submit-studio');
    expect(window.asked('become_studio')).toEqual([{ pin: '246810' }]);
  });
});

describe('what is at stake for others', () => {
  const jonasHere = (more: Partial<PersonHere> = {}) => here('Jonas Brandt', more);
  const stakes = (window: Window) => window.find('at-stake').textContent;
  const row = (name: string) =>
    [...document.querySelectorAll('[data-testid="person-here"]')].find((it) => it.textContent.includes(name))
      ?.textContent;

  it('is in the list: who trains, and who keeps something', async () => {
    await staff([
      here('Alva', { waiting: 2 }),
      here('Mira', { trains: true }),
      here('Tariq', { keeps_something: true }),
      here('Yuki'),
    ]);
    expect(row('Alva')).toContain('2 changes waiting');
    expect(row('Mira')).toContain('training');
    expect(row('Tariq')).toContain('perhaps not everything is on the server');
    expect(row('Yuki')).not.toMatch(/waiting|training|server/);
  });

  it('is nothing for whoever neither trains nor keeps anything, so nothing is confirmed', async () => {
    const window = await staff([jonasHere()], { remove_person: () => null });
    await window.click('remove');
    expect(stakes(window)).toBe('');
    expect(window.find('confirm-remove').textContent).not.toContain('anyway');
    await window.click('confirm-remove');
    expect(window.asked('remove_person')).toEqual([{ profile: JONAS, confirmed: false }]);
    expect(window.has('removing')).toBe(false);
  });

  it.each([
    ['a training', { trains: true }, 'The session will be cancelled.'],
    ['what waits', { waiting: 2, keeps_something: true }, '2 changes have not been sent and will be lost.'],
    [
      'what the server refused',
      { keeps_something: true },
      'has not received or has not accepted. It will be lost.',
    ],
  ])('is said before somebody is removed, and then confirmed: %s', async (_, more, words) => {
    const window = await staff([jonasHere(more)], { remove_person: () => null });
    await window.click('remove');
    expect(stakes(window)).toContain(words);
    expect(window.find('confirm-remove').textContent).toContain('Remove anyway');
    await window.click('confirm-remove');
    expect(window.asked('remove_person')).toEqual([{ profile: JONAS, confirmed: true }]);
  });

  it.each([
    ['a training', { trains: true }, 'it is not cancelled'],
    [
      'what waits',
      { waiting: 2, keeps_something: true },
      '2 changes have not been sent. They stay on this machine',
    ],
    ['what the server refused', { keeps_something: true }, 'It stays on this machine and is not sent'],
  ])('is said before the studio’s screen is ended, and then confirmed: %s', async (_, more, words) => {
    const window = await staff([here('Alva'), jonasHere(more)], { end_studio: () => null });
    await window.click('end-studio');
    expect(stakes(window)).toContain(words);
    await window.click('confirm-end');
    expect(window.asked('end_studio')).toEqual([{ confirmed: true }]);
  });

  it('is nothing on a machine where nobody is at anything, so nothing is confirmed', async () => {
    const window = await staff([jonasHere()], { end_studio: () => null });
    await window.click('end-studio');
    expect(stakes(window)).toBe('');
    await window.click('confirm-end');
    expect(window.asked('end_studio')).toEqual([{ confirmed: false }]);
  });

  it.each([
    ['in-session', 'A session with Jonas Brandt is not over yet.'],
    ['still-waiting', 'has not received or has not accepted'],
  ] as const)('is asked again when the core knows of more: %s', async (code, words) => {
    const window = await staff([jonasHere()], {
      remove_person: ({ confirmed }) => (confirmed ? null : Promise.reject(failure(code))),
    });
    await window.click('remove');
    await window.click('confirm-remove');
    expect(stakes(window)).toContain(words);
    expect(window.find('removing').textContent).toContain('Jonas Brandt');
    expect(window.has('failure')).toBe(false);
    await window.click('confirm-remove');
    expect(window.asked('remove_person').map(({ confirmed }) => confirmed)).toEqual([false, true]);
    expect(window.has('removing')).toBe(false);
  });

  it('stays asked when the first question’s end is told only then, as web views do', async () => {
    const window = await staff([jonasHere()], {
      remove_person: () => Promise.reject(failure('in-session')),
    });
    await window.click('remove');
    const first = window.find('removing');
    await window.click('confirm-remove');
    expect(window.find('removing')).not.toBe(first);
    first.dispatchEvent(new Event('close'));
    await window.settle();
    expect(stakes(window)).toContain('is not over yet');
  });

  it('is asked again when the core refuses to end what somebody has just begun', async () => {
    const window = await staff([jonasHere()], {
      end_studio: ({ confirmed }) => (confirmed ? null : Promise.reject(failure('in-session'))),
    });
    await window.click('end-studio');
    await window.click('confirm-end');
    expect(stakes(window)).toContain('it is not cancelled');
    await window.click('confirm-end');
    expect(window.asked('end_studio').map(({ confirmed }) => confirmed)).toEqual([false, true]);
  });

  it('that was not in the question is not confirmed with it', async () => {
    const window = await staff([jonasHere({ waiting: 1, keeps_something: true })], {
      remove_person: () => null,
    });
    await window.click('remove');
    await say(window, {
      is_staff: true,
      people: [jonasHere({ waiting: 1, keeps_something: true, trains: true })],
    });
    expect(stakes(window)).not.toContain('cancelled');
    await window.click('confirm-remove');
    expect(window.asked('remove_person')).toEqual([]);
    expect(stakes(window)).toContain('The session will be cancelled.');
    await window.click('confirm-remove');
    expect(window.asked('remove_person')).toEqual([{ profile: JONAS, confirmed: true }]);
  });

  it('that went wrong for another reason is said on the page', async () => {
    const window = await staff([jonasHere()], {
      remove_person: () => Promise.reject(failure('data-directory')),
    });
    await window.click('remove');
    await window.click('confirm-remove');
    expect(window.has('removing')).toBe(false);
    expect(window.find('failure').dataset['code']).toBe('data-directory');
  });
});

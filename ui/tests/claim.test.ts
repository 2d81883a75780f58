/** Invitations: opened by a link or typed, and claimed. */
import { describe, expect, it } from 'vitest';

import type { InvitationPreview, Message, OpenedLink } from '../src/bridge/bridge';
import { codeProblemWords, isSameServer, readInvitation } from '../src/words/invitation-code';
import { ATHLETE, session, TRAINER, view } from '../dev/fixtures';
import { LOBBY } from '../dev/kiosk-scenes';
import { failure, type Answers } from '../dev/scripted';
import { bringJonas, lobby, openKiosk, sendKiosk } from './kiosk-window';
import { open, type Window } from './window';

const CODE = '0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV';
const SERVER = 'https://other.example';

const preview: InvitationPreview = {
  purpose: 'invite',
  name: 'Jonas Brandt',
  email: 'jonas@studio.example',
  studio: { name: 'Studio Nord' },
  locale: 'de',
  expires_at: '2026-12-07T10:00:00Z',
};

const link = (code = CODE, server: string | null = SERVER): OpenedLink => ({
  kind: 'invitation',
  code,
  server,
});

/** The shell gives each link away once. */
const once = (opened: OpenedLink) => {
  let left: OpenedLink | null = opened;
  return () => {
    const now = left;
    left = null;
    return now;
  };
};

const answers = (more: Answers = {}): Answers => ({
  look_at_invitation: () => preview,
  keep_awake: () => null,
  ...more,
});

async function choose(window: Window, password = 'correct horse'): Promise<void> {
  await window.type('new-password', password);
  await window.type('repeat-password', password);
  await window.click('submit-claim');
}

describe('a code', () => {
  it.each([
    ['0123456789abcdefghjkmnpqrstv', null],
    [' o i2 3-4567-89AB-CDEF-GHJK-MNPQ-RSTV\n', null],
    ['Ol23–4567–89ab–cdef–ghjk–mnpq–rstv', null],
    [`ringside://claim/${CODE}?server=https%3A%2F%2Fa.example%3A8443`, 'https://a.example:8443'],
    [`RINGSIDE:claim/${CODE}/`, null],
    [`https://a.example/join#${CODE}`, 'https://a.example'],
    [`http://127.0.0.1:8080/ringside/join#${CODE}`, 'http://127.0.0.1:8080/ringside'],
  ])('is read from %j', (text, server) => {
    expect(readInvitation(text)).toEqual({ code: CODE, server });
  });

  it.each([
    ['', { kind: 'empty' }],
    [CODE.slice(1), { kind: 'wrong-length', count: 27 }],
    [`${CODE}V`, { kind: 'wrong-length', count: 29 }],
    [CODE.replace('V', 'U'), { kind: 'unknown-symbol', symbol: 'U' }],
    ['https://a.example/download', { kind: 'no-invitation' }],
    ['mailto:jonas@studio.example', { kind: 'no-invitation' }],
    ['https://a.example/join', { kind: 'wrong-length', count: 0 }],
  ] as const)('%j is said not to be one', (text, problem) => {
    expect(readInvitation(text)).toEqual(problem);
    expect(codeProblemWords(problem)).not.toBe('');
  });

  it('has a server that is known however its address is written', () => {
    expect(isSameServer('https://a.example', 'https://A.example:443/')).toBe(true);
    expect(isSameServer('https://a.example/x/', 'https://a.example/x')).toBe(true);
    expect(isSameServer('https://a.example', 'http://a.example')).toBe(false);
    expect(isSameServer('', '')).toBe(false);
  });
});

describe('an invitation opened by a link', () => {
  it('shows whose it is before anything is sent, and leads into the window', async () => {
    const window = await open(
      view(null),
      answers({ opened_link: once(link()), claim_invitation: () => ATHLETE }),
    );
    expect(window.view()).toBe('claim');
    const shown = window.find('claim-preview').textContent;
    for (const part of ['Jonas Brandt', 'jonas@studio.example', 'Studio Nord', 'other.example'])
      expect(shown).toContain(part);
    expect(window.asked('look_at_invitation')).toEqual([{ code: CODE, server: SERVER }]);
    await choose(window);
    expect(window.asked('claim_invitation')).toEqual([
      { code: CODE, server: SERVER, password: 'correct horse' },
    ]);
    window.bridge.emit({ type: 'view', view: view(ATHLETE) });
    await window.settle();
    expect(window.view()).toBe('start');
  });

  it('opens the same way in a window that is already there', async () => {
    const window = await open(view(null), answers());
    expect(window.view()).toBe('sign-in');
    window.bridge.answers.opened_link = once(link());
    window.bridge.emit({ type: 'link_opened' });
    await window.settle();
    expect(window.view()).toBe('claim');
    await window.click('other-code');
    await window.click('leave-claim');
    expect(window.view()).toBe('sign-in');
  });

  it('checks the password as the settings do, and says what the server finds', async () => {
    const tooCommon = failure('invalid', { fields: [{ pointer: '/password', code: 'too-common' }] });
    const window = await open(
      view(null),
      answers({ opened_link: once(link()), claim_invitation: () => Promise.reject(tooCommon) }),
    );
    await window.type('new-password', 'short');
    await window.click('submit-claim');
    expect(window.text()).toContain('This is too short.');
    expect(window.text()).toContain('The two new passwords differ.');
    expect(window.asked('claim_invitation')).toEqual([]);
    await choose(window, 'password1');
    expect(window.text()).toContain('one of the most common ones');
    expect((window.find('new-password') as HTMLInputElement).value).toBe('password1');
  });

  it('that was used, has expired or was taken back says so in words', async () => {
    const window = await open(
      view(null),
      answers({ opened_link: once(link()), look_at_invitation: () => Promise.reject(failure('not-found')) }),
    );
    expect(window.find('claim-ended').textContent).toContain('Ask your studio for a new one');
    await window.click('leave-claim');
    expect(window.view()).toBe('sign-in');
  });

  it('whose answer was lost offers the sign-in with the address', async () => {
    const window = await open(
      view(null),
      answers({ opened_link: once(link()), claim_invitation: () => Promise.reject(failure('not-found')) }),
    );
    await choose(window);
    expect(window.find('claim-used').textContent).toContain('jonas@studio.example');
    await window.click('sign-in-instead');
    expect(window.view()).toBe('sign-in');
    expect((window.find('email') as HTMLInputElement).value).toBe('jonas@studio.example');
  });

  it('with a letter missing is said before anything is sent, and can be completed', async () => {
    const window = await open(view(null), answers({ opened_link: once(link(CODE.slice(0, -1))) }));
    expect(window.text()).toContain('27 characters');
    expect(window.asked('look_at_invitation')).toEqual([]);
    await window.type('invitation-code', CODE);
    await window.click('read-code');
    expect(window.asked('look_at_invitation')).toEqual([{ code: CODE, server: SERVER }]);
  });

  it('can be looked at again when the server could not be reached', async () => {
    let isThere = false;
    const window = await open(
      view(null),
      answers({
        opened_link: once(link()),
        look_at_invitation: () => (isThere ? preview : Promise.reject(failure('unreachable'))),
      }),
    );
    expect(window.find('failure').dataset['code']).toBe('unreachable');
    isThere = true;
    await window.click('retry-claim');
    expect(window.has('claim-preview')).toBe(true);
  });

  it('in front of somebody else says so, and goes on after they signed out', async () => {
    const signOut: Message = { type: 'view', view: view(null) };
    const window = await open(
      view(TRAINER, [session('active')]),
      answers({
        opened_link: once(link()),
        sign_out: () => {
          window.bridge.emit(signOut);
          return null;
        },
      }),
    );
    expect(window.view()).toBe('claim');
    expect(window.find('claim-signed-in').textContent).toContain('Mira Sommer');
    expect(window.has('new-password')).toBe(false);
    await window.click('leave-claim');
    expect(window.view()).toBe('trainer');
    window.bridge.answers.opened_link = once(link());
    window.bridge.emit({ type: 'link_opened' });
    await window.settle();
    await window.click('sign-out-to-claim');
    expect(window.asked('sign_out')).toEqual([{ everywhere: false }]);
    expect(window.has('new-password')).toBe(true);
  });

  it('waits for the account while it is not known who is here', async () => {
    const starting = view(null, [], { signed_out: null });
    const window = await open(starting, answers({ opened_link: once(link()) }));
    window.bridge.emit({ type: 'view', view: view(TRAINER) });
    await window.settle();
    expect(window.has('claim-signed-in')).toBe(true);
  });
});

describe('an invitation typed by hand', () => {
  it('is looked at on this server', async () => {
    const window = await open(view(null), answers());
    await window.click('have-invitation');
    await window.click('read-code');
    expect(window.find('invitation-code').getAttribute('aria-invalid')).toBe('true');
    await window.type('invitation-code', CODE.toLowerCase().replaceAll('-', ''));
    await window.click('read-code');
    expect(window.asked('look_at_invitation')).toEqual([{ code: CODE, server: null }]);
    expect(window.find('claim-preview').textContent).toContain('training.example');
  });

  it('may be the whole link', async () => {
    const window = await open(view(null), answers());
    await window.click('have-invitation');
    await window.type('invitation-code', `https://other.example/join#${CODE}`);
    await window.click('read-code');
    expect(window.asked('look_at_invitation')).toEqual([{ code: CODE, server: SERVER }]);
  });
});

describe('an invitation on a kiosk', () => {
  const here = link(CODE, 'https://training.example/');

  it('is claimed with a PIN', async () => {
    const window = await openKiosk(answers({ opened_link: once(here), admit_invited: () => null }));
    expect(window.view()).toBe('claim');
    await choose(window);
    expect(window.asked('admit_invited')).toEqual([]);
    await window.type('new-pin', '4711');
    await window.type('repeat-pin', '4711');
    await window.click('submit-claim');
    expect(window.asked('admit_invited')).toEqual([{ code: CODE, password: 'correct horse', pin: '4711' }]);
  });

  it('of another server is refused in words', async () => {
    const window = await openKiosk(answers());
    window.bridge.answers.opened_link = once(link());
    window.bridge.emit({ type: 'link_opened' });
    await window.settle();
    expect(window.find('claim-elsewhere').textContent).toContain('other.example');
    expect(window.asked('look_at_invitation')).toEqual([]);
    await window.click('leave-claim');
    expect(window.view()).toBe('kiosk-pick');
  });

  it('can be typed, and leads to the sign-in if it was used', async () => {
    const window = await openKiosk(answers({ admit_invited: () => Promise.reject(failure('not-found')) }));
    await window.click('new-here');
    await window.click('have-invitation');
    await window.type('invitation-code', CODE);
    await window.click('read-code');
    await window.type('new-pin', '4711');
    await window.type('repeat-pin', '4711');
    await choose(window);
    await window.click('sign-in-instead');
    expect(window.view()).toBe('kiosk-admit');
    expect((window.find('email') as HTMLInputElement).value).toBe('jonas@studio.example');
  });

  it('waits until whoever is in front is done', async () => {
    const window = await openKiosk(answers());
    await bringJonas(window);
    window.bridge.answers.opened_link = once(here);
    window.bridge.emit({ type: 'link_opened' });
    await window.settle();
    expect(window.has('claim-signed-in')).toBe(true);
    await window.click('sign-out-to-claim');
    expect(window.asked('lock')).toHaveLength(1);
    await sendKiosk(window, { foreground: null });
    window.bridge.emit({ type: 'view', view: { ...lobby, profile: LOBBY } });
    await window.settle();
    expect(window.has('new-password')).toBe(true);
  });
});

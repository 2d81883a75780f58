/** Inviting people: one, many by pasted lines, and what came of it. */
import { describe, expect, it, vi } from 'vitest';

import type { Account } from '../src/bridge/bridge';
import { lineProblemWords, readLines } from '../src/words/invite-lines';
import { MIRA, view } from '../dev/fixtures';
import { failure, type Answers } from '../dev/scripted';
import { ADMIN, invitation, invited, LINES, studio } from '../dev/studio-scenes';
import { open, PATIENT, type Window } from './window';

const TRAINERS = [
  MIRA,
  { id: 'u-mirco', name: 'Mirco Sommer' },
  { id: 'u-özlem.şahin', name: 'Özlem Şahin' },
];
const one = (line: string) => readLines(line, TRAINERS)[0];
const problems = (text: string) =>
  readLines(text, TRAINERS).map(({ problems }) => problems.map(({ kind }) => kind));
const value = (element: HTMLElement) => (element as HTMLInputElement).value;
const cards = () =>
  [...document.querySelectorAll('[data-testid="invitation-card"] h3')].map(({ textContent }) => textContent);

async function openInvite(more: Answers = {}, me: Account = ADMIN): Promise<Window> {
  const window = await open(view(me), studio({ add_user: ({ user }) => invited(user), ...more }));
  await window.click('invite');
  return window;
}

async function paste(window: Window, lines: readonly string[]): Promise<void> {
  const kind = window.find('many-people') as HTMLInputElement;
  kind.checked = true;
  kind.dispatchEvent(new Event('change', { bubbles: true }));
  await window.settle();
  await window.type('invite-lines', lines.join('\n'));
}

describe('a pasted line', () => {
  it('has a name, an address, and perhaps roles and a trainer', () => {
    expect(one('  Lea Vogt ; Lea@Studio.example ;; ')).toMatchObject({
      name: 'Lea Vogt',
      email: 'lea@studio.example',
      roles: ['athlete'],
      trainer: null,
      problems: [],
    });
    expect(one('Lea\tlea@studio.example\ttrainer, admin\t')?.roles).toEqual(['trainer', 'admin']);
    expect(one('Lea; lea@studio.example; Athletin; ozlem sahin')?.trainer).toMatchObject({
      id: 'u-özlem.şahin',
    });
    expect(one('Lea; lea@studio.example; ; Özlem')?.trainer).toMatchObject({ id: 'u-özlem.şahin' });
  });

  it.each([
    ['Athlet', 'athlete'],
    ['sportlerin', 'athlete'],
    ['ATHLETE', 'athlete'],
    ['aluna', 'athlete'],
    ['Trainerin', 'trainer'],
    ['coach', 'trainer'],
    ['Treinador', 'trainer'],
    ['Verwaltung', 'admin'],
    ['Administração', 'admin'],
    ['admin', 'admin'],
  ])('may call a role %s', (word, role) => {
    expect(one(`Lea; lea@studio.example; ${word}`)).toMatchObject({ roles: [role], problems: [] });
  });

  it('says what is wrong with it', () => {
    expect(problems('; lea@studio.example')).toEqual([['no-name']]);
    expect(problems(`${'x'.repeat(101)}; lea@studio.example`)).toEqual([['long-name']]);
    expect(problems('Lea')).toEqual([['no-email']]);
    for (const email of ['lea', 'lea@', '@x', 'le a@x', 'a@b@c'])
      expect(problems(`Lea; ${email}`)).toEqual([['bad-email']]);
    expect(problems('Lea; lea@x; Chefin')).toEqual([['unknown-role']]);
    expect(problems('Lea; lea@x; ; Karl')).toEqual([['unknown-trainer']]);
    expect(problems('Lea; lea@x; trainer; Lea')).toEqual([['unknown-trainer']]);
    expect(problems('Lea; lea@x; athlete; Mira; really')).toEqual([['too-many-fields']]);
    expect(readLines('Lea; lea@x; ; M', [MIRA, { id: 'u-2', name: 'M. Sommer' }])[0]?.problems).toHaveLength(
      1,
    );
    expect(readLines('Lea; lea@x; ; Mira', [MIRA, { id: 'u-2', name: 'Mira Winter' }])[0]?.problems).toEqual([
      { kind: 'several-trainers', word: 'Mira' },
    ]);
  });

  it('is told from the one before it with the same address, whatever its case', () => {
    const lines = readLines('Lea; lea@x\n\nMax; max@x\nLea; LEA@x', TRAINERS);
    expect(lines.map(({ number, problems }) => [number, problems])).toEqual([
      [1, []],
      [3, []],
      [4, [{ kind: 'same-email', line: 1 }]],
    ]);
  });

  it('may name a trainer who is in another line', () => {
    const [, athlete] = readLines('Lea Vogt; lea@x; trainer\nMax; max@x; ; Lea', TRAINERS);
    expect(athlete).toMatchObject({ trainer: { kind: 'line', email: 'lea@x' }, problems: [] });
  });

  it('has words for each problem', () => {
    const all = readLines(
      ['; a', `${'x'.repeat(101)}`, 'N; n@n; Chef; Karl; x', 'M; n@n'].join('\n'),
      TRAINERS,
    );
    const words = all.flatMap(({ problems }) => problems).map(lineProblemWords);
    expect(words.length).toBeGreaterThan(6);
    expect(words).not.toContain('');
  });
});

describe('inviting one person', () => {
  it('makes a card with a QR code, a link and a message in their language', async () => {
    const copied = vi.fn(() => Promise.resolve());
    vi.stubGlobal('navigator', Object.assign(navigator, { clipboard: { writeText: copied } }));
    const window = await openInvite();
    await window.type('invite-name', 'Lea Vogt');
    await window.type('invite-email', 'lea@studio.example');
    const language = window.find('person-language') as HTMLSelectElement;
    language.value = 'pt';
    language.dispatchEvent(new Event('change', { bubbles: true }));
    window.bridge.answers.add_user = ({ user }) => {
      const made = invited(user);
      return { ...made, user: { ...made.user, locale: user.locale ?? 'de' } };
    };
    await window.click('send-invite');
    expect(window.asked('add_user')).toEqual([
      {
        user: {
          name: 'Lea Vogt',
          email: 'lea@studio.example',
          roles: ['athlete'],
          locale: 'pt',
          trainer_id: null,
        },
      },
    ]);
    expect(cards()).toEqual(['Lea Vogt']);
    expect(window.find('invitation-card').querySelector('svg path')?.getAttribute('d')).toMatch(/^M\d/);
    await window.click('copy-message');
    expect(copied).toHaveBeenCalledWith(expect.stringMatching(/^Olá.*https:\/\/training\.example\/join#/s));
    expect(value(window.find('invite-name'))).toBe('');
    expect((document.activeElement as HTMLElement).dataset['testid']).toBe('invite-name');
  });

  it('says beside the input what is missing or taken, and keeps what was typed', async () => {
    const window = await openInvite({ add_user: () => Promise.reject(failure('email-taken')) });
    await window.click('send-invite');
    expect(window.asked('add_user')).toEqual([]);
    expect(window.find('invite-name').getAttribute('aria-invalid')).toBe('true');
    await window.type('invite-name', 'Lea');
    await window.type('invite-email', 'mira@studio.example');
    await window.click('send-invite');
    expect(window.find('invite-email').getAttribute('aria-invalid')).toBe('true');
    expect(value(window.find('invite-email'))).toBe('mira@studio.example');
  });

  it('keeps the cards, and what is typed, through a look elsewhere', async () => {
    const window = await openInvite();
    await window.type('invite-name', 'Lea');
    await window.type('invite-email', 'lea@studio.example');
    await window.click('send-invite');
    await window.type('invite-name', 'Ma');
    await window.click('close-invite');
    await window.click('invite');
    expect(cards()).toEqual(['Lea']);
    expect(value(window.find('invite-name'))).toBe('Ma');
    await window.click('clear-invited');
    expect(cards()).toEqual([]);
  });
});

describe('inviting by lines', () => {
  it('b46_forty_lines_with_two_broken_ones_are_said_by_line_and_nothing_is_sent', async () => {
    const forty = Array.from(
      { length: 38 },
      (_, i) => `Person ${i}; person${i}@studio.example; Athlet; Mira`,
    );
    const window = await openInvite();
    await paste(window, [...forty.slice(0, 10), 'Tom; tom@', ...forty.slice(10), 'Nina; nina@x; Chefin']);
    expect(window.find('lines-broken').textContent).toContain('2 Zeilen');
    const broken = [...document.querySelectorAll<HTMLElement>('.broken')].map(
      ({ dataset }) => dataset['line'],
    );
    expect(broken).toEqual(['11', '40']);
    await window.click('send-invites');
    expect(window.asked('add_user')).toEqual([]);
    await window.click('drop-broken');
    await window.click('send-invites');
    await vi.waitFor(() => {
      expect(cards()).toHaveLength(38);
    }, PATIENT);
    expect(window.asked('add_user')).toHaveLength(38);
    expect(window.asked('add_user')[0]?.user.trainer_id).toBe(MIRA.id);
    expect(value(window.find('invite-lines'))).toBe('');
  });

  it('sends trainers first, and their athletes with them', async () => {
    const window = await openInvite();
    await paste(window, ['Max; max@x; ; Lea', 'Lea Vogt; lea@x; Trainerin']);
    await window.click('send-invites');
    await vi.waitFor(() => {
      expect(cards()).toHaveLength(2);
    }, PATIENT);
    expect(window.asked('add_user').map(({ user }) => [user.name, user.trainer_id])).toEqual([
      ['Lea Vogt', null],
      ['Max', 'u-lea.vogt'],
    ]);
  });

  it('keeps what was not accepted, with the reason, to be sent again', async () => {
    let isTaken = true;
    const window = await openInvite({
      add_user: ({ user }) =>
        isTaken && user.name === 'Max' ? Promise.reject(failure('email-taken')) : invited(user),
    });
    await paste(window, ['Max; max@x', 'Lea; lea@x']);
    await window.click('send-invites');
    await vi.waitFor(() => {
      expect(cards()).toEqual(['Lea']);
    }, PATIENT);
    await window.settle();
    expect(value(window.find('invite-lines'))).toBe('Max; max@x');
    expect(window.find('failed-line').dataset['code']).toBe('email-taken');
    isTaken = false;
    await window.click('send-invites');
    await vi.waitFor(() => {
      expect(cards()).toEqual(['Max', 'Lea']);
    }, PATIENT);
    expect(window.has('failed-line')).toBe(false);
  });

  it('keeps whoever names a trainer who was refused, and says so', async () => {
    let isTaken = true;
    const window = await openInvite({
      add_user: ({ user }) =>
        isTaken && user.name === 'Lea Vogt' ? Promise.reject(failure('email-taken')) : invited(user),
    });
    await paste(window, ['Max; max@x; ; Lea', 'Tom; tom@x', 'Lea Vogt; lea@x; Trainerin']);
    const trainer = window.find('lines-trainer') as HTMLSelectElement;
    trainer.value = MIRA.id;
    trainer.dispatchEvent(new Event('change', { bubbles: true }));
    await window.settle();
    await window.click('send-invites');
    await vi.waitFor(() => {
      expect(cards()).toEqual(['Tom']);
    }, PATIENT);
    await window.settle();
    expect(value(window.find('invite-lines'))).toBe('Max; max@x; ; Lea\nLea Vogt; lea@x; Trainerin');
    const waiting = document.querySelector('[data-testid="failed-line"][data-code="trainer-missing"]');
    expect(waiting?.textContent).toContain('Max');
    expect(waiting?.textContent).toContain('Lea Vogt');
    isTaken = false;
    await window.click('send-invites');
    await vi.waitFor(() => {
      expect(cards()).toHaveLength(3);
    }, PATIENT);
    expect(window.asked('add_user').at(-1)?.user).toMatchObject({ name: 'Max', trainer_id: 'u-lea.vogt' });
  });

  it('sends a trainer before another one who names them', async () => {
    const window = await openInvite();
    await paste(window, ['Max; max@x; Athlet, Trainer; Lea', 'Lea Vogt; lea@x; Trainerin']);
    await window.click('send-invites');
    await vi.waitFor(() => {
      expect(cards()).toHaveLength(2);
    }, PATIENT);
    expect(window.asked('add_user').map(({ user }) => user.trainer_id)).toEqual([null, 'u-lea.vogt']);
  });

  it('stops when the server is gone, with the rest still there', async () => {
    const window = await openInvite({ add_user: () => Promise.reject(failure('unreachable')) });
    await paste(window, ['Max; max@x', 'Lea; lea@x']);
    await window.click('send-invites');
    await window.settle();
    expect(window.asked('add_user')).toHaveLength(1);
    expect(value(window.find('invite-lines'))).toBe('Max; max@x\nLea; lea@x');
  });

  it('gives everybody without a trainer the one that was chosen', async () => {
    const window = await openInvite();
    await paste(window, ['Max; max@x', 'Nina; nina@x; Admin']);
    const trainer = window.find('lines-trainer') as HTMLSelectElement;
    trainer.value = MIRA.id;
    trainer.dispatchEvent(new Event('change', { bubbles: true }));
    await window.settle();
    await window.click('send-invites');
    await vi.waitFor(() => {
      expect(cards()).toHaveLength(2);
    }, PATIENT);
    expect(window.asked('add_user').map(({ user }) => user.trainer_id)).toEqual([MIRA.id, null]);
  });

  it('shows what is wrong with the lines of the gallery', async () => {
    const window = await openInvite();
    await paste(window, LINES);
    for (const part of ['keine E-Mail-Adresse', 'Zeile 1', 'Chefin', 'Karl'])
      expect(window.text()).toContain(part);
  });
});

describe('the sheet to print', () => {
  it('has each invitation with its code, and is not for a kiosk', async () => {
    const print = vi.fn();
    vi.stubGlobal('print', print);
    const window = await openInvite();
    await window.type('invite-name', 'Lea');
    await window.type('invite-email', 'lea@studio.example');
    await window.click('send-invite');
    expect(window.find('invitation-sheet').parentElement).toBe(document.body);
    expect(window.find('invitation-sheet').textContent).toContain(invitation().code);
    await window.click('print-sheet');
    expect(print).toHaveBeenCalledOnce();
    await window.click('close-invite');
    expect(window.has('invitation-sheet')).toBe(false);
  });

  it('says when it could not be printed', async () => {
    vi.stubGlobal('print', () => Promise.reject(new Error('not allowed')));
    const window = await openInvite();
    await window.type('invite-name', 'Lea');
    await window.type('invite-email', 'lea@studio.example');
    await window.click('send-invite');
    await window.click('print-sheet');
    expect(window.find('notice').textContent).toContain('Drucken ging hier nicht');
  });
});

describe('the audit log', () => {
  it('b52_says_when_who_what_and_on_what', async () => {
    const window = await open(view(ADMIN), studio());
    await window.click('open-log');
    const text = window.text();
    for (const part of ['Noor Visser', 'Rollen geändert', 'Tariq Haddad', 'Befehlszeile', 'Studio angelegt'])
      expect(text).toContain(part);
    await window.click('close-log');
    expect(window.has('audit-entry')).toBe(false);
  });

  it('is shown a page at a time, and keeps the words of a newer server', async () => {
    const by = { id: ADMIN.id, name: ADMIN.name };
    const on = { kind: 'user', id: 'u-1', name: 'Lea' } as const;
    const entry = (act: string) => ({ at: '2026-11-30T08:00:00Z', by, act: act as never, on });
    const window = await open(
      view(ADMIN),
      studio({
        list_audit: ({ after }) =>
          after === null
            ? { entries: [entry('user-changed')], next: 'a-2' }
            : { entries: [entry('user-praised')], next: null },
      }),
    );
    await window.click('open-log');
    await window.click('more-log');
    expect(window.asked('list_audit')).toEqual([{ after: null }, { after: 'a-2' }]);
    expect(window.text()).toContain('user-praised');
    expect(window.has('more-log')).toBe(false);
  });

  it('says why it can’t be shown, and tries again', async () => {
    const window = await open(
      view(ADMIN),
      studio({ list_audit: () => Promise.reject(failure('unreachable')) }),
    );
    await window.click('open-log');
    expect(window.find('failure').dataset['code']).toBe('unreachable');
    Object.assign(window.bridge.answers, studio());
    await window.click('retry-log');
    expect(window.has('audit-entry')).toBe(true);
  });
});

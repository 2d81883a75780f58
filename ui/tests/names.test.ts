/** Names in any script: isolated in sentences, whole in reach, in the order of the language (b57). */
import { readdirSync, readFileSync } from 'node:fs';

import { afterEach, describe, expect, it } from 'vitest';

import { overwriteGetLocale } from '../src/paraglide/runtime';
import type { RefusedAct, Session } from '../src/bridge/bridge';
import { sessionsOf } from '../src/state/session';
import { refusedContent } from '../src/words/refused';
import { byName, isolated, namesWords } from '../src/words/names';
import { ALVA, athlete, item, JONAS, LIBRARY, NOTHING, round, session, TRAINER, view } from '../dev/fixtures';
import { sources } from './sources';
import { open } from './window';

const [bench] = LIBRARY as [(typeof LIBRARY)[0]];
const HEBREW = 'נועה 3';
/** Names that are the application’s own: of languages, of software. */
const NOT_WRITTEN = new Set([
  'components/PackageDetails.svelte',
  'state/licences.ts',
  'views/Settings.svelte',
]);
/** Those that are given what is isolated already. */
const GIVEN_ISOLATED = new Set(['components/charts/VolumeChart.svelte', 'words/refused.ts']);
/** Inputs of messages that are names or words of people. Lists of names are isolated one by one, where they are made. */
const WRITTEN = /\{(name|trainer|exercise|reason|studio|issuer)\}/g;
const MESSAGES = Object.assign(
  {},
  ...readdirSync('messages', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('en.json'))
    .map((file) => JSON.parse(readFileSync(`messages/${file}`, 'utf8')) as object),
) as Record<string, unknown>;
const LONG = `${'Maximiliana-Wilhelmine von und zu '.repeat(3)}Hohenfels`;
const writtenIn = (message: string) =>
  [...JSON.stringify(MESSAGES[message] ?? '').matchAll(WRITTEN)].map((match) => match[1] ?? '');
const named = (name: string) => session('waiting', [], { athlete: { id: 'u-named', name } });

afterEach(() => {
  overwriteGetLocale(() => 'de');
});

describe('names', () => {
  it.each(['de', 'pt', 'en'] as const)('are sorted as in %s, with accents beside their letters', (locale) => {
    overwriteGetLocale(() => locale);
    const names = ['Zoe', 'Özlem', 'anna', 'Ozan', 'Änne', 'Ibrahim', 'Ícaro'];
    expect(byName(names.map((name) => ({ name }))).map(({ name }) => name)).toEqual([
      'anna',
      'Änne',
      'Ibrahim',
      'Ícaro',
      'Ozan',
      'Özlem',
      'Zoe',
    ]);
  });

  it('of a session that goes on are those of today, of one that is over those of its time', () => {
    const renamed = athlete({ ...JONAS, name: 'Jonas Weber' });
    const me = { ...TRAINER, name: 'Mira Winter' };
    const sessions = [session('active'), session('completed', [], { id: 'x-before' })];
    const [now, before] = sessionsOf(view(me, sessions, { athletes: [renamed] })) as [Session, Session];
    expect([now.athlete.name, now.trainer?.name]).toEqual(['Jonas Weber', 'Mira Winter']);
    expect(before).toBe(sessions[1]);
  });

  it('that have not changed leave a session as it is', () => {
    const sessions = [session('active'), session('waiting')];
    expect(sessionsOf(view(TRAINER, sessions)).every((shown, i) => shown === sessions[i])).toBe(true);
  });

  it('are isolated one by one in a list', () => {
    expect(namesWords([HEBREW, 'Jonas'])).toBe(`\u2068${HEBREW}\u2069, \u2068Jonas\u2069`);
  });

  it.each(sources())('are isolated where $path shows or joins them', ({ path, text }) => {
    if (NOT_WRITTEN.has(path) || path === 'words/names.ts') return;
    const markup = path.endsWith('.svelte') ? text.slice(text.lastIndexOf('</script>')) : '';
    expect(markup.match(/(?<!<bdi[^<>]*)>\s*\{(\w+\.)*name\}/g)).toBeNull();
    expect(text.match(/\bname\b\)\s*\.join\(/g)).toBeNull();
    if (/\.join\('( · |, )'\)/.test(text))
      expect(text.match(/(?<!stringify\()\[(\w+\.)*name,|, (\w+\.)+name\]/g)).toBeNull();
  });

  it.each(sources())('are isolated in every message of $path', ({ path, text }) => {
    if (GIVEN_ISOLATED.has(path)) return;
    const isIsolated = (input: string, inputs: string) =>
      inputs.includes(`${input}: isolated(`) ||
      // Where the call names a variable, or all inputs at once.
      (!inputs.includes(`${input}: `) && new RegExp(`\\b${input}(:| =) isolated\\(`).test(text));
    const bare = [...text.matchAll(/\bm\.(\w+)(\(\{[^}]*\})?/g)].filter(([, message = '', inputs = '']) =>
      writtenIn(message).some((input) => !isIsolated(input, inputs)),
    );
    expect(bare.map(([call]) => call)).toEqual([]);
  });

  it('are isolated in a list of exercises and in refused acts', async () => {
    const refused: RefusedAct = {
      key: 'k-1',
      at: '2026-11-30T08:00:00Z',
      subject: { kind: 'session', id: 'x-now' },
      athlete: null,
      round_number: null,
      what: 'add_round',
      code: 'session-ended',
      fields: [],
      plan: null,
      reports: [],
      exercise: null,
      correction: null,
      template: null,
      note: null,
      journal: null,
      weight: null,
    };
    const planned = { exercise_id: bench.id, id: null, kind: null, planned: NOTHING, trainer_notes: HEBREW };
    const plan = { is_final: false, rest_after_s: null, exercises: [planned] };
    expect(refusedContent({ ...refused, plan }, [], LIBRARY)).toBe(
      `${isolated(bench.name)} · ${isolated(HEBREW)}`,
    );
    const draft = {
      name: HEBREW,
      category: 'own' as const,
      fields: [],
      aliases: ['a', 'b'],
      muscles: [],
      cue: null,
    };
    expect(refusedContent({ ...refused, exercise: draft }, [], [])).toContain(
      `${isolated(HEBREW)} · Eigene · ${isolated('a')}, ${isolated('b')}`,
    );
    const done = [1, 2, 3, 4].map((number) =>
      round(number, 'completed', [item(`i-${String(number)}`, { ...bench, name: HEBREW }, { reps: 5 })]),
    );
    const window = await open(view(TRAINER, [session('active', done)]));
    expect(window.find('unfold-round').textContent).toContain(isolated(HEBREW));
  });

  it('are isolated in sentences and system notifications', async () => {
    const window = await open(view(TRAINER), { notify: () => null });
    document.hasFocus = () => false;
    await window.deliver(named(HEBREW), 'session-started');
    expect(window.asked('notify')[0]?.notice.title).toBe(`${isolated(HEBREW)} wartet auf dich.`);
    expect(window.find('announcement').textContent).toContain(isolated(HEBREW));
  });

  it('that are long end in an ellipsis, with the whole name as a title', async () => {
    const athletes = [
      { id: 'u-z', name: 'Zoe' },
      { id: 'u-ö', name: 'Özlem' },
      { id: 'u-long', name: LONG },
    ];
    const done = round(1, 'draft', [item('i-1', bench, { reps: 5 })]);
    const window = await open(
      view({ ...TRAINER, name: LONG }, [session('active', [done], { athlete: JONAS }), named(LONG)], {
        athletes: [...athletes, ALVA].map((person) => ({ ...person, records: [], version: 1 })),
      }),
    );
    const names = [...document.querySelectorAll<HTMLElement>('[data-testid="name"]')];
    expect(names.filter(({ title }) => title === LONG).length).toBeGreaterThanOrEqual(3);
    const rows = [...document.querySelectorAll('[data-testid="athlete-row"]')].map((row) => row.textContent);
    expect(rows).toEqual(['Alva Lindqvist', LONG, 'Özlem', 'Zoe']);
    expect(window.find('open-settings')).toBeTruthy();
  });
});

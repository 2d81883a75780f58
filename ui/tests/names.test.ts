/** Names in any script: isolated in sentences, whole in reach, in the order of the language (b57). */
import { afterEach, describe, expect, it } from 'vitest';

import { overwriteGetLocale } from '../src/paraglide/runtime';
import { byName, isolated, namesWords } from '../src/words/names';
import { ALVA, item, JONAS, LIBRARY, round, session, TRAINER, view } from '../dev/cast';
import { open } from './stage';

const [bench] = LIBRARY as [(typeof LIBRARY)[0]];
const HEBREW = 'נועה 3';
const LONG = `${'Maximiliana-Wilhelmine von und zu '.repeat(3)}Hohenfels`;
const named = (name: string) => session('waiting', [], { athlete: { id: 'u-named', name } });

afterEach(() => {
  overwriteGetLocale(() => 'de');
});

describe('names', () => {
  it.each(['de', 'pt', 'en'] as const)('stand in the order of %s, accents beside their letters', (locale) => {
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

  it('are isolated one by one in a row of them', () => {
    expect(namesWords([HEBREW, 'Jonas'])).toBe(`\u2068${HEBREW}\u2069, \u2068Jonas\u2069`);
  });

  it('turn around neither the sentence nor the notice of the system', async () => {
    const window = await open(view(TRAINER), { notify: () => null });
    document.hasFocus = () => false;
    await window.tell(named(HEBREW), 'session-started');
    expect(window.asked('notify')[0]?.notice.title).toBe(`${isolated(HEBREW)} wartet auf dich.`);
    expect(window.find('announcement').textContent).toContain(isolated(HEBREW));
  });

  it('that are long end in an ellipsis, with the whole of them in reach', async () => {
    const athletes = [
      { id: 'u-z', name: 'Zoe' },
      { id: 'u-ö', name: 'Özlem' },
      { id: 'u-long', name: LONG },
    ];
    const done = round(1, 'draft', [item('i-1', bench, { reps: 5 })]);
    const window = await open(
      view({ ...TRAINER, name: LONG }, [session('active', [done], { athlete: JONAS }), named(LONG)], {
        athletes: [...athletes, ALVA].map((person) => ({ ...person, version: 1 })),
      }),
    );
    const names = [...document.querySelectorAll<HTMLElement>('[data-testid="name"]')];
    expect(names.filter(({ title }) => title === LONG).length).toBeGreaterThanOrEqual(3);
    const rows = [...document.querySelectorAll('[data-testid="athlete-row"]')].map((row) => row.textContent);
    expect(rows).toEqual(['Alva Lindqvist', LONG, 'Özlem', 'Zoe']);
    expect(window.find('open-settings')).toBeTruthy();
  });
});

/** What charts say, draw and count: pure functions, in three languages. */
import { describe, expect, it } from 'vitest';

import { bestsCaption, bestsOf, monthBests } from '../src/components/charts/bests';
import {
  effortCaption,
  painCaption,
  spanWords,
  strengthCaption,
  weightCaption,
} from '../src/components/charts/captions';
import { painOf, weightsOf } from '../src/components/charts/data';
import { apart, placesAxis, timeAxis, valueAxis } from '../src/components/charts/scales';
import {
  mondayOf,
  mondays,
  months,
  nearest,
  type Point,
  sevenDayMean,
  withGaps,
} from '../src/components/charts/series';
import { numberWords } from '../src/words/numbers';
import { DAY_MS } from '../src/words/times';
import { NO_STATS, year } from '../dev/progress-scenes';
import { NOTHING } from '../dev/fixtures';
import { weight } from '../dev/weight-scenes';
import { plain, said } from './said';

const NOW = Date.parse('2026-12-01T12:00:00Z');
const at = (day: string) => Date.parse(`${day}T12:00:00Z`);
const points = (...list: [day: string, value: number][]): Point[] =>
  list.map(([day, value]) => ({ at: at(day), value }));
/** What somebody weighed, as a chart shows it from a day on. */
const weightsFrom = (from: string, ...list: [day: string, weight_kg: number][]) => {
  const weights = list.map(([day, weight_kg], i) => ({ ...weight(i, weight_kg), at: `${day}T12:00:00Z` }));
  return weightsOf({ ...NO_STATS, weights }, at(from));
};
describe('the caption of an estimated maximum', () => {
  const rise = points(['2026-09-08', 112], ['2026-10-03', 126.04], ['2026-12-01', 126]);

  it('says from where to where in which time, and when it was greatest', () => {
    expect(said(() => strengthCaption('Kniebeuge', rise, NOW))).toEqual({
      de: 'Kniebeuge: 112 → 126 kg in 12 Wochen, Bestwert am 3. Oktober',
      pt: 'Kniebeuge: 112 → 126 kg em 12 semanas, recorde em 3 de outubro',
      en: 'Kniebeuge: 112 → 126 kg in 12 weeks, best on October 3',
    });
  });

  it('names the best where it is not the last', () => {
    const fallen = points(['2026-09-08', 112], ['2026-10-03', 130], ['2026-12-01', 126.5]);
    expect(said(() => strengthCaption('Squat', fallen, NOW))).toEqual({
      de: 'Squat: 112 → 126,5 kg in 12 Wochen, Bestwert 130 kg am 3. Oktober',
      pt: 'Squat: 112 → 126,5 kg em 12 semanas, recorde de 130 kg em 3 de outubro',
      en: 'Squat: 112 → 126.5 kg in 12 weeks, best 130 kg on October 3',
    });
  });

  it('says of a single value when it was, with its year when that is long ago', () => {
    const one = points(['2024-03-02', 112]);
    expect(said(() => strengthCaption('Squat', one, NOW))).toEqual({
      de: 'Squat: 112 kg am 2. März 2024',
      pt: 'Squat: 112 kg em 2 de março de 2024',
      en: 'Squat: 112 kg on March 2, 2024',
    });
  });

  it('calls equal values unchanged', () => {
    const same = points(['2026-11-25', 112], ['2026-12-01', 112]);
    expect(said(() => strengthCaption('Squat', same, NOW))).toEqual({
      de: 'Squat: unverändert 112 kg in 6 Tagen',
      pt: 'Squat: 112 kg sem mudança em 6 dias',
      en: 'Squat: unchanged at 112 kg in 6 days',
    });
  });

  it('says why there is none', () => {
    const none = said(() => strengthCaption('Squat', [], NOW));
    expect(none.de).toContain('kein geschätztes Maximum');
    expect(none.pt).toContain('sem máximo estimado');
    expect(none.en).toContain('no estimated maximum');
  });

  it('keeps help that is taken off a weight', () => {
    const help = points(['2026-11-24', -20], ['2026-12-01', -12.5]);
    expect(said(() => strengthCaption('Dip', help, NOW)).de).toBe(
      'Dip: −20 → −12,5 kg in 7 Tagen, Bestwert am 1. Dezember',
    );
  });

  it('keeps a right-to-left name from turning the sentence over', () => {
    expect(strengthCaption('سكوات', rise, NOW).startsWith('\u2068سكوات\u2069:')).toBe(true);
  });
});

it.each([
  [0, '1 Tag'],
  [13, '13 Tagen'],
  [14, '2 Wochen'],
  [180, '26 Wochen'],
  [365, '12 Monaten'],
  [1_826, '5 Jahren'],
])('a span of %d days is said as "%s"', (days, words) => {
  expect(spanWords(days * DAY_MS)).toBe(words);
});

describe('the caption of efforts', () => {
  const effort = (planned: number, felt: number) => ({ at: NOW, planned, felt });

  it('says how much harder it was than planned', () => {
    expect(said(() => effortCaption('Squat', [effort(8, 9), effort(7, 7.5)]))).toEqual({
      de: 'Squat: im Mittel 0,8 schwerer empfunden als geplant, in 2 Trainings',
      pt: 'Squat: em média 0,8 mais difícil que o planejado, em 2 treinos',
      en: 'Squat: felt 0.8 harder than planned on average, in 2 sessions',
    });
  });

  it('says easier, and as planned', () => {
    expect(said(() => effortCaption('Squat', [effort(8, 6)])).de).toBe(
      'Squat: im Mittel 2 leichter empfunden als geplant, in 1 Training',
    );
    expect(said(() => effortCaption('Squat', [effort(8, 8.5), effort(8, 7.5)])).en).toBe(
      'Squat: felt as planned on average, in 2 sessions',
    );
  });
});

describe('the caption of pain', () => {
  const NOWHERE = { day: '2026-11-02', regions: [] };

  it('says how often, and where most', () => {
    const weeks = [
      NOWHERE,
      {
        day: '2026-11-09',
        regions: [
          { region: 'left_knee' as const, times: 2 },
          { region: 'chest' as const, times: 1 },
        ],
      },
      { day: '2026-11-16', regions: [{ region: 'left_knee' as const, times: 1 }] },
    ];
    expect(said(() => painCaption(weeks, true))).toEqual({
      de: 'Schmerzen in 2 von 3 Wochen, am häufigsten: Linkes Knie, 3 ×',
      pt: 'Dores em 2 de 3 semanas, com mais frequência: Joelho esquerdo, 3 ×',
      en: 'Pain in 2 of 3 weeks, most often: Left knee, 3 ×',
    });
    expect(said(() => painCaption(weeks, false)).de).toContain('2 von 3 Monaten');
  });

  it('says that nothing hurt', () => {
    expect(said(() => painCaption([NOWHERE, NOWHERE], true))).toEqual({
      de: 'Keine Schmerzen in 2 Wochen',
      pt: 'Sem dores em 2 semanas',
      en: 'No pain in 2 weeks',
    });
  });
});

describe('the caption of a body weight', () => {
  it('is about the mean of seven days, not about a single morning', () => {
    const weights = weightsFrom(
      '2026-11-01',
      ['2026-11-01', 84],
      ['2026-11-25', 82],
      ['2026-11-28', 83],
      ['2026-12-01', 81],
    );
    expect(said(() => weightCaption(weights, NOW))).toEqual({
      de: 'Sieben-Tage-Mittel 82 kg, in 4 Wochen 2 kg weniger',
      pt: 'Média de sete dias 82 kg, 2 kg a menos em 4 semanas',
      en: 'Seven-day mean 82 kg, 2 kg less in 4 weeks',
    });
  });

  it('says of one entry when it was', () => {
    expect(said(() => weightCaption(weightsFrom('2026-11-01', ['2026-11-01', 84.3]), NOW)).de).toBe(
      '84,3 kg am 1. November',
    );
  });
});

describe('the body weights of a period', () => {
  it('begin with a mean that knows the days before it', () => {
    const weights = weightsFrom('2026-11-08', ['2026-11-01', 99], ['2026-11-05', 86], ['2026-11-08', 82]);
    expect(weights.map(({ value, mean }) => [value, mean])).toEqual([[82, 84]]);
  });

  it('are said to have changed since that mean', () => {
    const weights = weightsFrom('2026-11-08', ['2026-11-05', 86], ['2026-11-08', 82], ['2026-12-01', 81]);
    expect(said(() => weightCaption(weights, NOW)).en).toBe('Seven-day mean 81 kg, 3 kg less in 3 weeks');
  });
});

describe('an upright axis', () => {
  const words = (value: number) => numberWords(value);

  it('holds every value between its ends', () => {
    for (const values of [[-20, -12.5, -5], [0.25, 800], [112, 126], [5], [-5, 5]]) {
      const { place } = valueAxis(values, words);
      for (const value of values) {
        expect(place(value)).toBeGreaterThanOrEqual(0);
        expect(place(value)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('has ticks that say where they lie', () => {
    const { place, ticks } = valueAxis([112, 126], words);
    expect(ticks.length).toBeGreaterThan(2);
    for (const { at, words } of ticks) expect(place(Number(words))).toBeCloseTo(at);
  });

  it('does not draw a small change as a large one', () => {
    const { place } = valueAxis([80, 80.1], words);
    expect(Math.abs(place(80) - place(80.1))).toBeLessThan(0.02);
  });

  it('puts equal values in its middle, and nothing at nowhere', () => {
    expect(valueAxis([100, 100], words).place(100)).toBeCloseTo(0.5, 0);
    expect(valueAxis([], words).place(0)).toBe(1);
    expect(valueAxis([0, 0], words).place(0)).toBe(1);
  });

  it('of bars begins at zero, and goes below it only where values do', () => {
    expect(valueAxis([900, 1_000], words, { fromZero: true }).place(0)).toBe(1);
    expect(valueAxis([-100, 1_000], words, { fromZero: true }).place(0)).toBeLessThan(1);
  });
});

describe('an axis of time', () => {
  it('has a few ticks in any span', () => {
    for (const days of [1, 10, 84, 365, 1_826]) {
      const { ticks } = timeAxis(NOW - days * DAY_MS, NOW);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThan(11);
      expect(new Set(ticks.map(({ words }) => words)).size).toBe(ticks.length);
    }
  });

  it('puts a single instant in its middle', () => {
    expect(timeAxis(NOW, NOW).place(NOW)).toBe(0.5);
  });
});

it('an axis of weeks always says the last one, and not all of 52', () => {
  const { ticks } = placesAxis(Array.from({ length: 52 }, (_, i) => String(i)));
  expect(ticks.length).toBeLessThanOrEqual(6);
  expect(ticks.at(-1)?.words).toBe('51');
});

it('labels at the ends of lines never lie on each other, and stay in the plot', () => {
  const heights = (...labels: number[]) =>
    apart(
      labels.map((at) => ({ at })),
      0.2,
    ).map(({ at }) => at);
  expect(heights(0.5, 0.5)).toEqual([0.5, 0.7]);
  expect(heights(1, 0.95)).toEqual([0.8, 1]);
  expect(heights(0.1, 0.9)).toEqual([0.1, 0.9]);
});

describe('a line', () => {
  it('has a gap where nothing is known for more than five weeks', () => {
    const [a, b, c] = points(['2026-01-01', 1], ['2026-02-01', 2], ['2026-06-01', 3]);
    expect(withGaps([a, b, c] as Point[])).toEqual([a, b, null, c]);
  });
});

it('the seven-day mean forgets what is seven days old', () => {
  const means = sevenDayMean(
    points(['2026-11-01', 10], ['2026-11-04', 20], ['2026-11-08', 40], ['2026-12-01', 7]),
  );
  expect(means.map(({ value }) => value)).toEqual([10, 15, 30, 7]);
});

it('the cursor goes to the nearest value', () => {
  expect([-1, 0.1, 0.4, 9].map((place) => nearest([0, 0.3, 1], place))).toEqual([0, 0, 1, 2]);
});

describe('weeks and months', () => {
  it('weeks begin on Monday, and none is left out', () => {
    expect(mondayOf(Date.parse('2026-11-29T12:00:00'))).toBe('2026-11-23');
    expect(mondayOf(Date.parse('2026-11-30T12:00:00'))).toBe('2026-11-30');
    expect(mondays('2026-10-19', '2026-11-02')).toEqual(['2026-10-19', '2026-10-26', '2026-11-02']);
    expect(months('2026-11-15', '2027-02-01')).toEqual([
      '2026-11-01',
      '2026-12-01',
      '2027-01-01',
      '2027-02-01',
    ]);
  });

  it('pain is summed by month where the weeks would be too many', () => {
    const pain = ['2026-11-02', '2026-11-23'].map((week) => ({ week, region: 'chest' as const, times: 1 }));
    const byMonth = painOf({ ...NO_STATS, pain }, 'year', at('2026-12-15'));
    expect(byMonth).toHaveLength(12);
    expect(byMonth.at(-2)).toEqual({ day: '2026-11-01', regions: [{ region: 'chest', times: 2 }] });
    expect(painOf({ ...NO_STATS, pain }, 'weeks', at('2026-12-15'))).toHaveLength(12);
  });
});

describe('bests', () => {
  const set = {
    at: '2026-10-03T12:00:00Z',
    session_id: 'x',
    actual: { ...NOTHING, weight_kg: 126, reps: 3 },
    beat: false,
  };
  const none = {
    exercise_id: 'e',
    heaviest: null,
    reps: [],
    e1rm: null,
    e1rm_beat: false,
    volume: null,
    longest: null,
    farthest: null,
  };

  it('are said with the set they come from', () => {
    const e1rm = { at: set.at, session_id: 'x', weight_kg: 110, reps: 6, effort: 9, e1rm_kg: 131.94 };
    const lines = bestsOf({ ...none, heaviest: set, reps: [set], e1rm, volume: { ...set, kg: 4_320.4 } });
    expect(lines.map(({ what, value }) => plain(`${what}: ${value}`))).toEqual([
      'schwerster Satz: 126 kg × 3',
      'geschätztes Maximum: 131,9 kg (aus 110 kg × 6)',
      'meiste Wiederholungen mit 126 kg: 3 Wdh.',
      'größter Umfang eines Trainings: 4 320 kg',
    ]);
  });

  it('have a caption in words', () => {
    expect(said(() => bestsCaption('Squat', bestsOf({ ...none, heaviest: set }), NOW))).toEqual({
      de: 'Squat: schwerster Satz 126 kg × 3 am 3. Oktober',
      pt: 'Squat: série mais pesada 126 kg × 3 em 3 de outubro',
      en: 'Squat: heaviest set 126 kg × 3 on October 3',
    });
  });

  it('of this month are those that beat something', () => {
    const stats = year();
    expect(monthBests(stats, Date.now()).map(plain)).toEqual(['Kniebeuge 126 kg × 3', 'Klimmzug 14 Wdh.']);
    const beatNothing = stats.bests.map((bests) => ({
      ...bests,
      heaviest: bests.heaviest && { ...bests.heaviest, beat: false },
      reps: bests.reps.map((best) => ({ ...best, beat: false })),
      e1rm_beat: false,
    }));
    expect(monthBests({ ...stats, bests: beatNothing }, Date.now())).toEqual([]);
    expect(monthBests(stats, Date.now() + 40 * DAY_MS)).toEqual([]);
  });
});

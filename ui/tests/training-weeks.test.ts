/** What was done in each week: volume, training load, and muscles; pure functions, in three languages. */
import { describe, expect, it } from 'vitest';

import type { Stats, WeekVolume } from '../src/bridge/bridge';
import { loadCaption, musclesCaption, volumeCaption } from '../src/components/charts/captions';
import { loadOf, musclesOf, volumeOf, type WeekOf } from '../src/components/charts/data';
import { SETS, VOLUME } from '../src/components/charts/quantities';
import { NO_STATS } from '../dev/progress-scenes';
import { said } from './said';

const NOW = Date.parse('2026-12-01T12:00:00Z');
const at = (day: string) => Date.parse(`${day}T12:00:00Z`);

describe('the caption of a volume', () => {
  const week = (value: number, sets = 10, isWeight = true): WeekOf => ({
    week: '2026-11-02',
    value,
    sets,
    isWeight,
  });

  it('holds this week against the mean of the four before it', () => {
    const weeks = [week(99_999), ...[900, 1_100, 800, 1_200].map((kg) => week(kg)), week(1_180, 12)];
    expect(said(() => volumeCaption('Alle', weeks, VOLUME))).toEqual({
      de: 'Alle: diese Woche 1 180 kg in 12 Sätzen, 18 % mehr als im Mittel der vier Wochen davor',
      pt: 'Alle: 1 180 kg em 12 séries nesta semana, 18% a mais que a média das quatro semanas anteriores',
      en: 'Alle: 1 180 kg in 12 sets this week, 18% more than the average of the four weeks before',
    });
  });

  it('says less and as much, too', () => {
    const before = [week(100), week(100), week(100), week(100)];
    expect(said(() => volumeCaption('A', [...before, week(50)], VOLUME)).en).toContain('50% less');
    expect(said(() => volumeCaption('A', [...before, week(100)], VOLUME)).en).toContain('as much as');
  });

  it('counts sets where no weight is moved', () => {
    const weeks = [8, 7, 9, 8, 10].map((sets) => week(sets, sets, false));
    expect(said(() => volumeCaption('Dip', weeks, SETS)).de).toBe(
      'Dip: diese Woche 10 Sätze, 25 % mehr als im Mittel der vier Wochen davor',
    );
  });

  it('says that nothing was done yet this week', () => {
    const before = [900, 1_100, 800, 1_200].map((kg) => week(kg));
    expect(said(() => volumeCaption('Alle', [...before, week(0, 0)], VOLUME)).de).toBe(
      'Alle: diese Woche noch nichts, im Mittel der vier Wochen davor 1 000 kg',
    );
  });

  it('has no mean before there are four weeks to take it of', () => {
    for (const before of [[], [week(900)], [week(900), week(800), week(700)]]) {
      expect(said(() => volumeCaption('Alle', [...before, week(1_000)], VOLUME)).en).toBe(
        'Alle: 1 000 kg in 10 sets this week',
      );
    }
    expect(said(() => volumeCaption('Alle', [week(900), week(0, 0)], VOLUME)).en).toBe(
      'Alle: nothing yet this week',
    );
  });

  it('says that there is no set', () => {
    expect(said(() => volumeCaption('Alle', [], VOLUME)).en).toBe('Alle: no set in this period.');
  });
});

describe('the volume of a period', () => {
  it('weeks without a set are drawn as empty ones', () => {
    const volume = ['2026-11-09', '2026-11-23'].map((week) => ({
      ...{ week, sessions: 1, sets: 10, kg: 1_000, load: null, muscles: [] },
      exercises: [{ exercise_id: 'e', sets: 4, kg: 0 }],
    }));
    const stats = { ...NO_STATS, volume };
    const all = volumeOf(stats, null, 0, Date.parse('2026-12-01T12:00:00'));
    expect(all.map(({ week, value }) => [week, value])).toEqual([
      ['2026-11-09', 1_000],
      ['2026-11-16', 0],
      ['2026-11-23', 1_000],
      ['2026-11-30', 0],
    ]);
    expect(volumeOf(stats, 'e', 0, at('2026-11-24')).map(({ value }) => value)).toEqual([4, 0, 4]);
    expect(volumeOf(stats, 'another', 0, NOW)).toEqual([]);
  });
});

const week = (week: string, more: Partial<WeekVolume>): WeekVolume => ({
  ...{ week, sessions: 1, sets: 10, kg: 1_000, load: null, exercises: [], muscles: [] },
  ...more,
});
const withWeeks = (...volume: WeekVolume[]): Stats => ({ ...NO_STATS, volume });

describe('the training load of a period', () => {
  it('has every week, empty ones as nothing and those without a felt effort as unknown', () => {
    const stats = withWeeks(
      week('2026-11-02', {}),
      week('2026-11-09', { load: 540 }),
      week('2026-11-23', {}),
    );
    expect(loadOf(stats, -Infinity, NOW)).toEqual([
      { week: '2026-11-09', value: 540 },
      { week: '2026-11-16', value: 0 },
      { week: '2026-11-23', value: null },
      { week: '2026-11-30', value: 0 },
    ]);
    expect(loadOf(stats, at('2026-11-25'), NOW).map(({ week }) => week)).toEqual([
      '2026-11-23',
      '2026-11-30',
    ]);
    expect(loadOf(withWeeks(week('2026-11-23', {})), -Infinity, NOW)).toEqual([]);
  });

  const weeks = (...values: (number | null)[]) => values.map((value) => ({ week: '2026-11-02', value }));

  it('is held against the mean of the four weeks before', () => {
    expect(said(() => loadCaption(weeks(9_999, 500, 600, 500, 400, 560)))).toEqual({
      de: 'Trainingsbelastung: diese Woche 560, 12 % mehr als im Mittel der vier Wochen davor',
      pt: 'Carga de treino: 560 nesta semana, 12% a mais que a média das quatro semanas anteriores',
      en: 'Training load: 560 this week, 12% more than the average of the four weeks before',
    });
    expect(said(() => loadCaption(weeks(500, 500, 500, 500, 0))).en).toBe(
      'Training load: nothing yet this week, 500 on average in the four weeks before',
    );
  });

  it('is held against no mean where one of the weeks is unknown', () => {
    expect(said(() => loadCaption(weeks(500, null, 500, 400, 560))).en).toBe('Training load: 560 this week');
    expect(said(() => loadCaption(weeks(500, null, 500, 400, 0))).en).toBe(
      'Training load: nothing yet this week',
    );
  });

  it('is said to be unknown where no effort was felt', () => {
    expect(said(() => loadCaption(weeks(500, 500, 500, 400, null)))).toEqual({
      de: 'Trainingsbelastung: diese Woche Anstrengung unbekannt',
      pt: 'Carga de treino: esforço desconhecido nesta semana',
      en: 'Training load: effort unknown this week',
    });
    expect(said(() => loadCaption(weeks(null, null))).en).toBe(
      'No training load in this period. It needs a felt effort.',
    );
  });
});

describe('the muscles of a period', () => {
  const stats = withWeeks(
    week('2026-11-02', { muscles: [{ muscle: 'Waden', sets: 90, kg: 10 }] }),
    week('2026-11-09', {
      muscles: [
        { muscle: 'Waden', sets: 6, kg: 600 },
        { muscle: 'Brust', sets: 10, kg: 2_000 },
      ],
    }),
    week('2026-11-23', {
      muscles: [
        { muscle: 'Brust', sets: 8, kg: 1_000 },
        { muscle: 'Bauch', sets: 9, kg: 0 },
      ],
    }),
  );

  it('are summed over its weeks, the most sets first', () => {
    expect(musclesOf(stats, at('2026-11-11'))).toEqual([
      { muscle: 'Brust', sets: 18, kg: 3_000 },
      { muscle: 'Bauch', sets: 9, kg: 0 },
      { muscle: 'Waden', sets: 6, kg: 600 },
    ]);
    expect(musclesOf(stats, -Infinity)[0]).toEqual({ muscle: 'Waden', sets: 96, kg: 610 });
  });

  it('have a caption that says the most and the fewest sets', () => {
    expect(said(() => musclesCaption(musclesOf(stats, at('2026-11-11'))))).toEqual({
      de: 'Am meisten: Brust in 18 Sätzen; am wenigsten: Waden in 6 Sätzen',
      pt: 'Mais treinado: Brust, em 18 séries; menos: Waden, em 6 séries',
      en: 'Most: Brust, in 18 sets; least: Waden, in 6 sets',
    });
  });

  it('are not compared where there is nothing to compare', () => {
    const one = { muscle: 'Brust', sets: 4, kg: 0 };
    expect(said(() => musclesCaption([one])).de).toBe('Brust in 4 Sätzen');
    expect(said(() => musclesCaption([one, { ...one, muscle: 'Waden' }])).en).toBe('Every muscle in 4 sets');
    expect(said(() => musclesCaption([])).en).toContain('no set');
  });
});

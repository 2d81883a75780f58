/** What the charts of an athlete show: what the server says of them, in a period, for one exercise or for all. */
import type { ExerciseId, Region, Stats, Weight } from '../../bridge/bridge';
import type { Period } from '../../state/athlete-stats.svelte';
import { SETS, VOLUME, type Quantity, WEIGHT } from './quantities';
import {
  beginOfDay,
  dayOf,
  instant,
  localDay,
  mondayOf,
  mondays,
  months,
  type Point,
  sevenDayMean,
} from './series';

/** From when on a period shows something, in milliseconds: whole weeks, whole months, this one included. */
export function beginOf(period: Period, now: number): number {
  if (period === 'all') return -Infinity;
  const here = new Date(now);
  return period === 'weeks'
    ? beginOfDay(mondayOf(now), -11 * 7)
    : new Date(here.getFullYear(), here.getMonth() - 11, 1).getTime();
}

/** The greatest estimate of a session, with the set it comes from. */
export interface StrengthPoint extends Point {
  weight_kg: number;
  reps: number;
  effort: number | null;
}

/** A body weight, and the mean of the seven days that end with it. */
export interface WeightPoint extends Point {
  mean: number;
}

/** What was planned and felt in a session, each as a mean. */
export interface EffortPoint {
  at: number;
  planned: number;
  felt: number;
}

/** A week: its Monday, and how much was done in it. */
export interface WeekOf {
  week: string;
  value: number;
  sets: number;
  /** Whether the value is a weight; otherwise it is the number of sets. */
  isWeight: boolean;
}

/** A week, and its training load; `null`: something was done, and no effort of it is known. */
export interface LoadOf {
  week: string;
  value: number | null;
}

/** A muscle, in the studio's words, and what was done for it. */
export interface MuscleOf {
  muscle: string;
  sets: number;
  kg: number;
}

/** A week or a month, and what hurt in it. */
export interface PainOf {
  /** Its first day. */
  day: string;
  regions: readonly { region: Region; times: number }[];
}

export function strengthOf(stats: Stats, exercise: ExerciseId, from: number): StrengthPoint[] {
  const series = stats.e1rm.find(({ exercise_id }) => exercise_id === exercise)?.points ?? [];
  return series
    .map(({ at, e1rm_kg, weight_kg, reps, effort }) => ({
      at: instant(at),
      value: WEIGHT.shown(e1rm_kg),
      weight_kg,
      reps,
      effort,
    }))
    .filter(({ at }) => at >= from);
}

export function effortOf(stats: Stats, exercise: ExerciseId, from: number): EffortPoint[] {
  const series = stats.effort.find(({ exercise_id }) => exercise_id === exercise)?.points ?? [];
  return series
    .map(({ at, planned, felt }) => ({ at: instant(at), planned, felt }))
    .filter(({ at }) => at >= from);
}

/** The body weights of a period. Its first means are of the days before it, too. */
export function weightsOf({ weights }: { weights: readonly Weight[] }, from: number): WeightPoint[] {
  const points = weights
    .map(({ at, weight_kg }) => ({ at: instant(at), value: WEIGHT.shown(weight_kg) }))
    .toSorted((a, b) => a.at - b.at);
  const means = sevenDayMean(points);
  return points
    .map((point, index) => ({ ...point, mean: means[index]?.value ?? point.value }))
    .filter(({ at }) => at >= from);
}

/** Whether there is nothing to show of an athlete, ever. */
export function isNothing({ exercises, pain, weights }: Stats): boolean {
  return exercises.length + pain.length + weights.length === 0;
}

/** Every week of the period, also those in which nothing was done; by sets where no weight was moved. */
export function volumeOf(stats: Stats, exercise: ExerciseId | null, from: number, now: number): WeekOf[] {
  const done = stats.volume.flatMap(({ week, sets, kg, exercises }) => {
    const one = exercise === null ? { sets, kg } : exercises.find((one) => one.exercise_id === exercise);
    return one && one.sets > 0 ? [{ week, sets: one.sets, kg: one.kg }] : [];
  });
  const first = done[0]?.week;
  if (first === undefined) return [];
  const isWeight = done.some(({ kg }) => kg > 0);
  return weeksFrom(first, from, now).map((week) => {
    const { sets, kg } = done.find((one) => one.week === week) ?? { sets: 0, kg: 0 };
    return { week, sets, value: isWeight ? VOLUME.shown(kg) : sets, isWeight };
  });
}

/** Every week of the period, from the first one of which a training load is known. */
export function loadOf({ volume }: Stats, from: number, now: number): LoadOf[] {
  const first = volume.find(({ load }) => load !== null)?.week;
  if (first === undefined) return [];
  return weeksFrom(first, from, now).map((week) => {
    const done = volume.find((one) => one.week === week);
    return { week, value: done ? done.load : 0 };
  });
}

/** The weeks of a period until now, from the first one in which there was something. */
function weeksFrom(first: string, from: number, now: number): string[] {
  return mondays(from > beginOfDay(first) ? mondayOf(from) : first, mondayOf(now));
}

/** What was done for each muscle in the weeks of a period, the most sets first. */
export function musclesOf({ volume }: Stats, from: number): MuscleOf[] {
  const begin = Number.isFinite(from) ? mondayOf(from) : '';
  const done = new Map<string, MuscleOf>();
  for (const { muscle, sets, kg } of volume
    .filter(({ week }) => week >= begin)
    .flatMap(({ muscles }) => muscles)) {
    const before = done.get(muscle) ?? { muscle, sets: 0, kg: 0 };
    done.set(muscle, { muscle, sets: before.sets + sets, kg: before.kg + VOLUME.shown(kg) });
  }
  return [...done.values()]
    .filter(({ sets }) => sets > 0)
    .sort((a, b) => b.sets - a.sets || b.kg - a.kg || a.muscle.localeCompare(b.muscle));
}

/** What the values of such weeks are. */
export function volumeQuantity(weeks: readonly WeekOf[]): Quantity {
  return weeks.some(({ isWeight }) => isWeight) ? VOLUME : SETS;
}

/** Every week or month of the period, also those in which nothing hurt. */
export function painOf(stats: Stats, period: Period, now: number): PainOf[] {
  const isByWeek = period === 'weeks';
  const weeks = stats.pain.map(({ week }) => week).toSorted();
  const from = beginOf(period, now);
  const first = localDay(Number.isFinite(from) ? from : weeks[0] ? dayOf(weeks[0]) : now);
  const begin = (day: string) => (isByWeek ? day : `${day.slice(0, 7)}-01`);
  const days = isByWeek ? mondays(mondayOf(dayOf(first)), mondayOf(now)) : months(first, localDay(now));
  return days.map((day) => ({ day, regions: summed(stats.pain.filter(({ week }) => begin(week) === day)) }));
}

/** How often each region hurt, the most frequent first. */
export function summed(pain: PainOf['regions']): PainOf['regions'] {
  const regions = [...new Set(pain.map(({ region }) => region))];
  const times = (region: Region) =>
    pain.filter((one) => one.region === region).reduce((sum, one) => sum + one.times, 0);
  return regions.map((region) => ({ region, times: times(region) })).sort((a, b) => b.times - a.times);
}

/** The exercise that an athlete estimated or did last. */
export function latestExercise(stats: Stats): ExerciseId | null {
  const estimated = stats.e1rm.map(({ exercise_id, points }) => ({
    exercise_id,
    at: instant(points.at(-1)?.at ?? '1970-01-01T00:00:00Z'),
    count: points.length,
  }));
  const [latest] = estimated.sort((a, b) => b.at - a.at || b.count - a.count);
  const last = stats.volume.at(-1)?.exercises[0]?.exercise_id;
  return latest?.exercise_id ?? last ?? stats.exercises[0]?.id ?? null;
}

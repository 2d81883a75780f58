/** What there is to see in each chart, in a sentence. `now` decides whether a day is said with its year. */
import { m } from '../../paraglide/messages';
import { isolated } from '../../words/names';
import { numberWords } from '../../words/numbers';
import { regionWords } from '../../words/regions';
import { sentenceDayWords } from '../../words/chart-days';
import { timestamp } from '../../words/local-time';
import { DAY_MS } from '../../words/times';
import {
  type EffortPoint,
  type LoadOf,
  type MuscleOf,
  type PainOf,
  summed,
  type WeekOf,
  type WeightPoint,
} from './data';
import { EFFORT, LOAD, type Quantity, WEIGHT } from './quantities';
import { type Point, WEEK_MS } from './series';

const MONTH_MS = 30.44 * DAY_MS;
const YEAR_MS = 365.25 * DAY_MS;

/** How long something took, to follow "in": "12 Wochen". */
export function spanWords(ms: number): string {
  const count = (unit: number) => Math.max(Math.round(ms / unit), 1);
  if (ms < 14 * DAY_MS) return m.chart_span_days({ count: count(DAY_MS) });
  if (ms < 27 * WEEK_MS) return m.chart_span_weeks({ count: count(WEEK_MS) });
  return ms < 2 * YEAR_MS
    ? m.chart_span_months({ count: count(MONTH_MS) })
    : m.chart_span_years({ count: count(YEAR_MS) });
}

const dayWords = (at: number, now: number) => sentenceDayWords(timestamp(at), now);

/** How the estimated maximum of an exercise moved, and when it was greatest. */
export function strengthCaption(exercise: string, points: readonly Point[], now: number): string {
  const [first, last] = [points[0], points.at(-1)];
  const name = isolated(exercise);
  if (!first || !last) return m.chart_e1rm_none({ name });
  const { words, bare } = WEIGHT;
  if (points.length === 1)
    return m.chart_e1rm_one({ name, value: words(last.value), day: dayWords(last.at, now) });
  const span = spanWords(last.at - first.at);
  const best = points.reduce((best, point) => (point.value > best.value ? point : best));
  const said = new Set(points.map(({ value }) => bare(value)));
  if (said.size === 1) return m.chart_e1rm_same({ name, value: words(last.value), span });
  const moved = { name, from: bare(first.value), to: words(last.value), span, day: dayWords(best.at, now) };
  return words(best.value) === words(last.value)
    ? m.chart_e1rm_rise(moved)
    : m.chart_e1rm_past({ ...moved, best: words(best.value) });
}

/** This week's volume against the mean of the four before it, once there are four. */
export function volumeCaption(name: string, weeks: readonly WeekOf[], quantity: Quantity): string {
  const week = weeks.at(-1);
  if (!week || weeks.every(({ sets }) => sets === 0)) return m.chart_volume_none({ name });
  const before = weeks.slice(0, -1).map(({ value }) => value);
  const amount = week.sets === 0 ? null : amountWords(week, quantity);
  return againstMean(name, week.value, amount, before, quantity);
}

/** A week's value against the mean of the four before it; `amount` says it in words, `null`: there was nothing yet. */
function againstMean(
  name: string,
  value: number,
  amount: string | null,
  before: readonly number[],
  quantity: Quantity,
): string {
  const four = before.slice(-4);
  // Of fewer weeks than it says, a mean would say something that is not so.
  const mean = four.length < 4 ? 0 : four.reduce((sum, one) => sum + one, 0) / 4;
  if (mean === 0)
    return amount === null ? m.chart_volume_rest_only({ name }) : m.chart_volume_only({ name, amount });
  if (amount === null) return m.chart_volume_rest({ name, mean: quantity.words(mean) });
  const percent = Math.round((100 * (value - mean)) / mean);
  const moved = { name, amount, percent: m.chart_percent({ percent: numberWords(Math.abs(percent)) }) };
  if (percent === 0) return m.chart_volume_same({ name, amount });
  return percent > 0 ? m.chart_volume_more(moved) : m.chart_volume_less(moved);
}

/** What was moved in a week, and in how many sets. */
export function amountWords({ value, sets, isWeight }: WeekOf, quantity: Quantity): string {
  return isWeight
    ? m.chart_kg_in_sets({ volume: quantity.words(value), sets: m.chart_sets_in({ count: sets }) })
    : quantity.words(value);
}

/** This week's training load against the mean of the four before it, if all of them are known. */
export function loadCaption(weeks: readonly LoadOf[]): string {
  const name = m.chart_load();
  const values = weeks.map(({ value }) => value);
  const value = values.at(-1);
  if (value === undefined || values.every((one) => !one)) return m.chart_load_none();
  if (value === null) return m.chart_volume_only({ name, amount: loadWords(value) });
  const before = values.slice(0, -1).slice(-4);
  const known = before.filter((one) => one !== null);
  return againstMean(name, value, value === 0 ? null : loadWords(value), known, LOAD);
}

/** The training load of a week; it may be unknown. */
export function loadWords(load: number | null): string {
  return load === null ? m.chart_load_unknown() : LOAD.words(load);
}

/** Which muscles were trained in the most sets, and in the fewest. */
export function musclesCaption(muscles: readonly MuscleOf[]): string {
  const [most, least] = [muscles[0], muscles.at(-1)];
  if (!most || !least) return m.chart_muscles_none();
  const said = (one: MuscleOf) => ({
    muscle: isolated(one.muscle),
    sets: m.chart_sets_in({ count: one.sets }),
  });
  if (muscles.length === 1) return m.chart_muscles_one(said(most));
  if (most.sets === least.sets) return m.chart_muscles_same(said(most));
  const [{ muscle, sets }, few] = [said(most), said(least)];
  return m.chart_muscles({ most: muscle, sets, least: few.muscle, few: few.sets });
}

/** Whether an exercise felt harder than planned. */
export function effortCaption(exercise: string, points: readonly EffortPoint[]): string {
  const name = isolated(exercise);
  if (points.length === 0) return m.chart_effort_none({ name });
  const mean = points.reduce((sum, { planned, felt }) => sum + felt - planned, 0) / points.length;
  const difference = EFFORT.words(Math.abs(mean));
  const moved = { name, difference, sessions: m.chart_sessions({ count: points.length }) };
  if (difference === EFFORT.words(0)) return m.chart_effort_same(moved);
  return mean > 0 ? m.chart_effort_harder(moved) : m.chart_effort_easier(moved);
}

/** How often something hurt, and what hurt most often. */
export function painCaption(places: readonly PainOf[], isByWeek: boolean): string {
  const hurting = places.filter(({ regions }) => regions.length > 0);
  const [most] = summed(hurting.flatMap(({ regions }) => regions));
  if (!most) {
    const count = places.length;
    return m.chart_pain_none({
      span: isByWeek ? m.chart_span_weeks({ count }) : m.chart_span_months({ count }),
    });
  }
  const said = {
    some: hurting.length,
    of: places.length,
    region: regionWords(most.region),
    times: most.times,
  };
  return isByWeek ? m.chart_pain_weeks(said) : m.chart_pain_months(said);
}

/** How the seven-day mean of the body weight moved. */
export function weightCaption(points: readonly WeightPoint[], now: number): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return m.chart_weight_none();
  const { words } = WEIGHT;
  if (points.length === 1)
    return m.chart_weight_one({ value: words(last.value), day: dayWords(last.at, now) });
  const difference = words(Math.abs(last.mean - first.mean));
  const moved = { mean: words(last.mean), span: spanWords(last.at - first.at), difference };
  if (difference === words(0)) return m.chart_weight_same(moved);
  return last.mean > first.mean ? m.chart_weight_more(moved) : m.chart_weight_less(moved);
}

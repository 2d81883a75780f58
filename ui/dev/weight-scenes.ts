/** Scenes of what an athlete weighs: the athlete's place, and the tab on their page for the trainer. */
import type { Weight } from '../src/bridge/bridge';
import { athlete, ATHLETE, JONAS, TRAINER, view } from './fixtures';
import type { Scene } from './scenes';
import type { Answers } from './scripted';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What Jonas weighed so many days ago, in the morning. */
export function weight(daysAgo: number, weight_kg: number, more: Partial<Weight> = {}): Weight {
  const at = new Date(Date.now() - daysAgo * DAY_MS);
  at.setHours(7, 12, 0, 0);
  // In the morning of today, it may be before that.
  if (daysAgo === 0) at.setTime(Math.min(at.getTime(), Date.now() - 60_000));
  return {
    id: `w-${String(daysAgo)}`,
    athlete_id: JONAS.id,
    weight_kg,
    at: at.toISOString(),
    note: null,
    version: 1,
    ...more,
  };
}

/** One a day, up and down around a slow loss. */
function many(count: number, from = 0): Weight[] {
  return Array.from({ length: count }, (_, i) => {
    const day = from + i;
    const kg = 81 + day * 0.02 + Math.sin(day * 1.7) * 0.6;
    const note = day % 9 === 2 ? { note: 'Nach dem Frühstück, mit Trainingshose.' } : {};
    return weight(day, Math.round(kg * 10) / 10, note);
  });
}

const none: Answers = {
  list_weights: () => ({ weights: [], next: null }),
  list_sessions: () => ({ sessions: [], next: null }),
  list_journal: () => ({ entries: [], next: null }),
};
const older: Answers = { ...none, list_weights: () => ({ weights: many(30, 90), next: 'w-119' }) };
const jonas = { athletes: [athlete(JONAS)] };
const place = ['open-weight'];
const tab = ['open-athletes', 'athlete', 'tab-weight'];

export const WEIGHT_SCENES: Record<string, Scene> = {
  'weight-empty': { view: () => view(ATHLETE), answers: none, clicks: place },
  'weight-one': {
    view: () => view(ATHLETE, [], { weights: [weight(0, 82.4)] }),
    answers: none,
    clicks: place,
  },
  'weight-many': { view: () => view(ATHLETE, [], { weights: many(90) }), answers: older, clicks: place },
  'weight-pounds': {
    view: () => view({ ...ATHLETE, weight_unit: 'lb' }, [], { weights: many(90) }),
    answers: older,
    clicks: [...place, 'weight-other-time'],
  },
  'weight-edit': {
    view: () => view(ATHLETE, [], { weights: many(30) }),
    answers: none,
    clicks: [...place, 'edit-weight'],
  },
  'weight-unread': {
    view: () => view(ATHLETE, [], { weights: many(3) }),
    answers: none,
    clicks: [...place, 'weight-other-time'],
    fills: { 'weight-value': 'achtzig' },
  },
  'athlete-weight': {
    view: () => view(TRAINER, [], { ...jonas, weights: many(90) }),
    answers: older,
    clicks: tab,
  },
  'athlete-weight-empty': { view: () => view(TRAINER, [], jonas), answers: none, clicks: tab },
};

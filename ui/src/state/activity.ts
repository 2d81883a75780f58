/**
 * What goes on in a session, wherever that is said: on the board, in the list of people, in the strip of another place. Pure.
 * And in which order the tiles of the board stand: who needs the trainer comes first.
 */
import type { Region, Round, Session } from '../bridge/bridge';
import { isOut, lastCompleted } from './session';

/** How far an open session is. Each has an instant, in milliseconds: since when, or of a rest until when. */
export type Progress =
  | { kind: 'waits'; at: number }
  | { kind: 'joined'; at: number }
  | { kind: 'out'; at: number; number: number }
  | { kind: 'begun'; at: number; number: number; ticked: number; of: number }
  | { kind: 'rest'; at: number; number: number }
  | { kind: 'rest-over'; at: number; number: number }
  | { kind: 'done'; at: number; number: number; effort: number | null }
  | { kind: 'ended'; at: number };

/** The same for a trainer, who has to know of pain before anything else. */
export type Activity = Progress | { kind: 'pain'; at: number; regions: readonly Region[] };

/** `now` is the server's time in milliseconds. */
export function activityOf(session: Session, now: number): Activity {
  const progress = progressOf(session, now);
  const isAfterRound = ['rest', 'rest-over', 'done'].includes(progress.kind);
  const last = isAfterRound ? lastCompleted(session) : undefined;
  const regions = last && painIn(last);
  return regions ? { kind: 'pain', at: completedAt(last, session), regions } : progress;
}

/** `now` is the server's time in milliseconds. */
export function progressOf(session: Session, now: number): Progress {
  const { status, started_at, joined_at, ended_at, rounds } = session;
  if (status === 'waiting') return { kind: 'waits', at: Date.parse(started_at) };
  if (status !== 'active') return { kind: 'ended', at: Date.parse(ended_at ?? started_at) };
  const out = rounds.find(isOut);
  if (out) return activityIn(out, started_at);
  const last = lastCompleted(session);
  if (!last) return { kind: 'joined', at: Date.parse(joined_at ?? started_at) };
  const at = completedAt(last, session);
  const { number, rest_after_s } = last;
  if (rest_after_s === null) return { kind: 'done', at, number, effort: effortOf(last) };
  const end = at + rest_after_s * 1000;
  return { kind: end > now ? 'rest' : 'rest-over', at: end, number };
}

/** The round that waits to be released. */
export function nextOf({ rounds }: Session): Round | undefined {
  return rounds.find(({ status }) => status === 'draft');
}

/** The round a tile shows: the one that is out, or else the next one, or else the last one. */
export function shownRound(session: Session): Round | undefined {
  return session.rounds.find(isOut) ?? nextOf(session) ?? lastCompleted(session);
}

/** Where something hurt in the last round; `undefined` where nothing did. */
export function lastPain(session: Session): readonly Region[] | undefined {
  const last = lastCompleted(session);
  return last && painIn(last);
}

/** Who needs the trainer most comes first; of those who need them alike, who has waited longest. */
export function byNeed(sessions: readonly Session[], now: number): Session[] {
  return sessions
    .map((session) => {
      const activity = activityOf(session, now);
      return { session, need: needOf(session, activity), at: activity.at };
    })
    .sort((a, b) => a.need - b.need || a.at - b.at)
    .map(({ session }) => session);
}

function needOf(session: Session, { kind }: Activity): number {
  switch (kind) {
    case 'pain':
      return 0;
    case 'waits':
      return 1;
    case 'out':
    case 'begun':
      return 4;
    case 'ended':
      return 5;
    default:
      if (!nextOf(session)) return 2;
      return kind === 'rest' ? 4 : 3;
  }
}

function activityIn(out: Round, started_at: string): Progress {
  const { number, exercises } = out;
  if (out.status !== 'active') return { kind: 'out', at: Date.parse(out.released_at ?? started_at), number };
  const ticked = exercises.filter(({ actual }) => actual !== null).length;
  const at = Date.parse(out.started_at ?? started_at);
  return { kind: 'begun', at, number, ticked, of: exercises.length };
}

function completedAt({ completed_at }: Round, { started_at }: Session): number {
  return Date.parse(completed_at ?? started_at);
}

function painIn({ exercises }: Round): readonly Region[] | undefined {
  const hurt = exercises.flatMap(({ feedback }) => (feedback?.pain ? [feedback.pain_regions] : []));
  return hurt.length === 0 ? undefined : [...new Set(hurt.flat())];
}

/** The hardest of its exercises. */
function effortOf({ exercises }: Round): number | null {
  const efforts = exercises.flatMap(({ feedback }) => feedback?.effort ?? []);
  return efforts.length === 0 ? null : Math.max(...efforts);
}

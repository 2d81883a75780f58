/** The people, exercises and entities that scenes and tests are made of. */
import type {
  Account,
  Athlete,
  Cause,
  EventName,
  Exercise,
  Field,
  Message,
  Person,
  PlannedValues,
  Round,
  RoundExercise,
  Session,
  Values,
  View,
} from '../src/bridge/bridge';
import { permitsOf } from './permits';

export const NOTHING: Values = { weight_kg: null, reps: null, distance_m: null, time_s: null, effort: null };

export const MIRA: Person = { id: 'u-mira', name: 'Mira Sommer' };
export const JONAS: Person = { id: 'u-jonas', name: 'Jonas Brandt' };
export const ALVA: Person = { id: 'u-alva', name: 'Alva Lindqvist' };

export const athlete = (person: Person): Athlete => ({ ...person, records: [], version: 1 });

export const TRAINER: Account = {
  ...MIRA,
  email: 'mira@studio.example',
  roles: ['trainer'],
  locale: 'de',
  weight_unit: 'kg',
  studio: { id: 's-nord', name: 'Studio Nord', time_zone: 'Europe/Berlin' },
  trainer: null,
  version: 1,
};

export const ATHLETE: Account = {
  ...JONAS,
  email: 'jonas@studio.example',
  roles: ['athlete'],
  locale: 'de',
  weight_unit: 'kg',
  studio: TRAINER.studio,
  trainer: MIRA,
  version: 1,
};

export function exercise(name: string, category: Exercise['category'], ...fields: Field[]): Exercise {
  const id = `e-${name.toLowerCase().replace(/\s/g, '-')}`;
  return {
    id,
    name,
    aliases: [],
    category,
    fields,
    muscles: [],
    cue: null,
    video: null,
    archived: false,
    version: 1,
  };
}

export const LIBRARY: Exercise[] = [
  exercise('Bankdrücken', 'chest', 'weight', 'reps', 'effort', 'notes'),
  exercise('Kniebeuge', 'legs', 'weight', 'reps', 'effort', 'notes'),
  exercise('Klimmzug', 'back', 'reps', 'effort'),
  exercise('Rudergerät', 'cardio', 'distance', 'time', 'effort'),
  exercise('Unterarmstütz', 'core', 'time'),
  exercise('Bulgarische Kniebeuge mit Kurzhanteln', 'legs', 'weight', 'reps', 'notes'),
];

/** Now, for everything that lies some seconds back. */
export function secondsAgo(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString();
}

export function item(
  id: string,
  of: Exercise,
  planned: Partial<PlannedValues>,
  more: Partial<RoundExercise> = {},
): RoundExercise {
  return {
    id,
    exercise_id: of.id,
    name: of.name,
    fields: of.fields,
    video: of.video,
    position: 0,
    kind: 'working',
    planned: { ...NOTHING, ...planned },
    trainer_notes: null,
    last: null,
    actual: null,
    feedback: null,
    corrections: [],
    ...more,
  };
}

export function round(
  number: number,
  status: Round['status'],
  exercises: RoundExercise[],
  more: Partial<Round> = {},
): Round {
  return {
    id: `r-${number}`,
    session_id: 'x-now',
    number,
    status,
    is_final: false,
    rest_after_s: null,
    released_at: status === 'draft' ? null : secondsAgo(300),
    started_at: status === 'active' || status === 'completed' ? secondsAgo(280) : null,
    completed_at: status === 'completed' ? secondsAgo(20) : null,
    exercises: exercises.map((exercise, position) => ({ ...exercise, position })),
    version: 1,
    ...more,
  };
}

export function session(
  status: Session['status'],
  rounds: Round[] = [],
  more: Partial<Session> = {},
): Session {
  const joined = status !== 'waiting';
  const ended = status === 'completed' || status === 'cancelled';
  return {
    id: 'x-now',
    status,
    athlete: JONAS,
    trainer: joined ? MIRA : null,
    started_at: secondsAgo(2400),
    joined_at: joined ? secondsAgo(2300) : null,
    ended_at: ended ? secondsAgo(5) : null,
    cancelled_by: status === 'cancelled' ? { id: MIRA.id, role: 'trainer' } : null,
    cancel_reason: null,
    recorded: false,
    imported: false,
    rounds,
    version: 1,
    ...more,
  };
}

export function view(me: Account | null, sessions: Session[] = [], more: Partial<View> = {}): View {
  return {
    profile: 'look',
    server: 'https://training.example',
    app_version: '0.1.0',
    link: { state: me ? 'live' : 'signed_out', waiting: 0, reason: null },
    vault: 'keyring',
    signed_out: me ? null : 'by_person',
    me,
    loaded: true,
    sessions,
    permits: Object.fromEntries(sessions.map((session) => [session.id, permitsOf(session, me?.id)])),
    may_start_session: me?.trainer != null,
    may_set_up_kiosk: me?.roles.includes('trainer') ?? false,
    exercises: me?.roles.includes('trainer') ? LIBRARY : [],
    templates: [],
    athletes: me?.roles.includes('trainer') ? [ALVA, JONAS].map(athlete) : [],
    notes: [],
    journal_entries: [],
    weights: [],
    refused: [],
    presence: [],
    uploads: [],
    notice: null,
    update: { state: 'newest' },
    clock_offset_ms: 0,
    ...more,
  };
}

/** The core tells somebody of a session that came or changed. */
export function arrival(session: Session, me: Person, event: EventName, round_id?: string): Message {
  return entityMessage(session, me, cause(event, round_id));
}

/** The same, with any cause or none. */
export function entityMessage(entity: Session, me: Person, cause: Cause | null): Message {
  const permits = permitsOf(entity, me.id);
  return { type: 'entity', document: { kind: 'session', entity }, permits, cause };
}

export function cause(event: EventName, round_id: string | null = null): Cause {
  return { event, round_id, at: new Date().toISOString() };
}

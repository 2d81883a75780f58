/**
 * What is half typed about an athlete goes from this device when they were erased, or when nothing of them can be reached
 * any more: a journal entry, a note, a correction, a session to be entered, a file, a plan. Whoever only got another trainer or is
 * deactivated is not erased, and of whom nothing is known here the server is asked: while it can't be, everything stays.
 */
import { asFailure, type Person, type SessionId, type UserId } from '../bridge/bridge';
import { FORMER_NAMES } from '../bridge/generated';
import type { CoreState } from './core-state.svelte';

/** Whether the server calls somebody this because they were erased. */
export function wasErased({ name }: Pick<Person, 'name'>): boolean {
  return Object.values<string>(FORMER_NAMES).includes(name);
}

/** Drops what this person has typed about athletes who are gone. */
export async function dropErasedDrafts(core: CoreState): Promise<void> {
  if (!core.me || !core.view?.loaded) return;
  const own = `${core.me.id}.`;
  for (const [key, draft] of core.drafts.entries) {
    const subject = key.startsWith(own) ? subjectOf(core, key.slice(own.length), draft) : null;
    if (subject && (await isGone(core, subject))) core.drafts.drop(key);
  }
  // Nobody plans for them any more: what the planner of this window holds of it is not shown.
  const plans = `${own}plan.`;
  for (const key of core.store.keys().filter((key) => key.startsWith(plans))) {
    const [session = ''] = key.slice(plans.length).split('/');
    if (await isGone(core, { session })) core.store.drop(key);
  }
}

/** Whom or what a draft is about. */
type Subject = { athlete: UserId } | { session: SessionId };

/** `key` is the kind of the draft and its id. */
function subjectOf(core: CoreState, key: string, draft: unknown): Subject | null {
  const dot = key.indexOf('.');
  const [kind, id] = [key.slice(0, dot), key.slice(dot + 1)];
  const first = id.split('.')[0] ?? '';
  switch (kind) {
    case 'journal-entry':
    case 'record':
    case 'import':
      return { athlete: first };
    case 'note':
      return { session: id };
    case 'correction': {
      const known = core.sessions.find(({ rounds }) => rounds.some((round) => round.id === first))?.id;
      const session = known ?? (draft as { session?: unknown } | null)?.session;
      return typeof session === 'string' ? { session } : null;
    }
    default:
      return null;
  }
}

async function isGone(core: CoreState, subject: Subject): Promise<boolean> {
  const isOwn =
    'athlete' in subject && [...core.athletes, core.me].some((one) => one?.id === subject.athlete);
  if (isOwn) return false;
  const known = core.sessions.find((session) =>
    'athlete' in subject ? session.athlete.id === subject.athlete : session.id === subject.session,
  );
  if (known) return wasErased(known.athlete);
  try {
    const athlete = await ('athlete' in subject
      ? athleteOf(core, subject.athlete)
      : core.call('read_session', { session_id: subject.session }).then((session) => session.athlete));
    return athlete !== undefined && wasErased(athlete);
  } catch (thrown) {
    return asFailure(thrown).code === 'not-found';
  }
}

/** An athlete as their newest session names them. */
async function athleteOf(core: CoreState, athlete_id: UserId): Promise<Person | undefined> {
  const { sessions } = await core.call('list_sessions', { athlete_id, query: { limit: 1 } });
  return sessions[0]?.athlete;
}

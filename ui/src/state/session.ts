/** The status of sessions and rounds, by the tables of the core. A status of a newer server is in none of them. */
import type { Person, Round, RoundId, Session, Timestamp, View } from '../bridge/bridge';
import { ROUND_IS_OUT, SESSION_IS_OPEN } from '../bridge/generated';
import { known } from '../words/known';
import { newestFirst } from '../words/times';

/** Whether anything may still happen in it. */
export function isOpen({ status }: Session): boolean {
  return known(SESSION_IS_OPEN, status) === true;
}

/** Whether it is over. A status of a newer server is neither open nor over. */
export function hasEnded({ status }: Session): boolean {
  return known(SESSION_IS_OPEN, status) === false;
}

/** Whether it is in front of the athlete. */
export function isOut({ status }: Round): boolean {
  return known(ROUND_IS_OUT, status) === true;
}

/** The round that was completed last, whatever its number. */
export function lastCompleted({ rounds }: Session): Round | undefined {
  const at = ({ completed_at }: Round) => (completed_at === null ? -Infinity : Date.parse(completed_at));
  return rounds
    .filter(({ status }) => status === 'completed')
    .reduce<Round | undefined>((last, one) => (last && at(last) > at(one) ? last : one), undefined);
}

/** Drafts other than `id` that wait to be released. */
export function openDrafts({ rounds }: Session, id: RoundId | null): readonly Round[] {
  return rounds.filter((round) => round.status === 'draft' && round.id !== id);
}

/** The one that began last comes first. What was entered afterwards takes the place of its day. */
export function lastBegunFirst<S extends { started_at: Timestamp }>(sessions: readonly S[]): S[] {
  return newestFirst(sessions, ({ started_at }) => started_at);
}

/**
 * The sessions of a view. One that is not over shows the names that its people have today; one that is over keeps those
 * of its time.
 */
export function sessionsOf({ sessions, me, athletes }: View): readonly Session[] {
  const people: readonly Person[] = me === null ? [] : [...athletes, me, ...(me.trainer ? [me.trainer] : [])];
  const today = <P extends Person | null>(person: P): P => {
    const name = people.find(({ id }) => id === person?.id)?.name;
    return person === null || name === undefined || name === person.name ? person : { ...person, name };
  };
  return sessions.map((session) => {
    if (!isOpen(session)) return session;
    const [athlete, trainer] = [today(session.athlete), today(session.trainer)];
    const isSame = athlete === session.athlete && trainer === session.trainer;
    return isSame ? session : { ...session, athlete, trainer };
  });
}

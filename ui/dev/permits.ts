/**
 * What the core permits, for scenes and tests, which can't ask it. Looked up in a table that a test of the rules keeps
 * equal to what they permit (`training/tests/permits.rs`): nothing is decided here.
 */
import type { Permits, Session, UserId } from '../src/bridge/bridge';
import { isOut } from '../src/state/session';
import TABLE from './permits.json';

const NOTHING: Permits = { session: [], rounds: {} };

/** What somebody may do in a session, as the core would say with it. */
export function permitsOf(session: Session, me: UserId | undefined): Permits {
  const part = session.athlete.id === me ? 'athlete' : 'trainer';
  const out = session.rounds.find(isOut)?.status ?? null;
  const row = TABLE.find((row) => row.part === part && row.status === session.status && row.out === out);
  // Of a status that only a newer server knows.
  if (!row) return NOTHING;
  const rounds = session.rounds.map(({ id, status }) => {
    const permits: Partial<Record<string, string[]>> = row.rounds;
    return [id, permits[status] ?? []];
  });
  return { session: row.session, rounds: Object.fromEntries(rounds) } as Permits;
}

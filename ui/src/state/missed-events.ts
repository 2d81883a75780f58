/** What a snapshot shows of a session that somebody waits for, reported like the event that was missed. */
import type { Cause, EventName, Session } from '../bridge/bridge';
import { isOut } from './session';

/** What is new in a session; `null` if nothing is. */
export function missedCause(session: Session, before: Session | undefined): Cause | null {
  const event = missedEvent(session, before);
  if (!event) return null;
  const out = session.rounds.find(({ status }) => status === 'released');
  const round_id = event === 'round-released' ? (out?.id ?? null) : null;
  const at = out?.released_at ?? session.ended_at ?? session.joined_at ?? session.started_at;
  return { event, round_id, at };
}

function missedEvent(session: Session, before: Session | undefined): EventName | null {
  if (session.status !== before?.status) {
    if (session.status === 'waiting') return 'session-started';
    if (session.status === 'cancelled') return before ? 'session-cancelled' : null;
    if (session.status === 'completed') return before ? 'session-completed' : null;
    const isBegun = session.status === 'active' && (!before || before.status === 'waiting');
    if (isBegun && !session.rounds.some(({ status }) => status === 'released')) return 'session-joined';
  }
  const out = session.rounds.find(({ status }) => status === 'released');
  const was = out && before?.rounds.find(({ id }) => id === out.id);
  return out && !(was && isOut(was)) ? 'round-released' : null;
}

/** Where an open session stands, in a few words. Each time says what it counts. */
import type { Round, Session } from '../bridge/bridge';
import { ROUND_IS_OUT } from '../bridge/generated';
import { m } from '../paraglide/messages';
import { known } from './known';
import { clockWords } from './times';

/** `now` is the server's time in milliseconds. */
export function liveWords(session: Session, now: number): string {
  if (session.status === 'waiting')
    return m.live_waits({ time: clockWords((now - Date.parse(session.started_at)) / 1000) });
  const out = session.rounds.find(({ status }) => known(ROUND_IS_OUT, status) === true);
  if (out)
    return out.status === 'active'
      ? m.live_begun({ number: out.number })
      : m.live_out({ number: out.number });
  const last = session.rounds.findLast(({ status }) => status === 'completed');
  if (!last) return m.live_joined();
  const rest = restLeft(last, now);
  return rest > 0 ? m.live_rest({ time: clockWords(rest) }) : m.live_done({ number: last.number });
}

/** What is left of the planned rest after a round, in whole seconds as a countdown shows them. */
export function restLeft({ completed_at, rest_after_s }: Round, now: number): number {
  if (completed_at === null || rest_after_s === null) return 0;
  return Math.max(0, Math.ceil((Date.parse(completed_at) + rest_after_s * 1000 - now) / 1000));
}

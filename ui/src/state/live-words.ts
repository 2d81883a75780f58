/** How far an open session is, in a few words. Each time says what it counts. */
import type { Session } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { UNRECOGNISED } from '../words/known';
import { clockWords, durationWords } from '../words/times';
import { progressOf } from './activity';

/**
 * `now` is the server's time in milliseconds. `ownRest` is what is left of the athlete's rest, in seconds, where that is
 * known better than by the plan: they may have held, extended or ended it.
 */
export function liveWords(session: Session, now: number, ownRest?: number): string {
  const progress = progressOf(session, now);
  switch (progress.kind) {
    case 'waits':
      return m.live_waits({ time: durationWords((now - progress.at) / 1000) });
    case 'joined':
      return m.live_joined();
    case 'out':
      return m.live_out({ number: progress.number });
    case 'begun':
      return m.live_begun({ number: progress.number });
    case 'done':
      return m.live_done({ number: progress.number });
    case 'rest':
    case 'rest-over': {
      const left = ownRest ?? Math.ceil((progress.at - now) / 1000);
      return left > 0 ? m.live_rest({ time: clockWords(left) }) : m.live_rest_over();
    }
    case 'ended':
      return UNRECOGNISED;
  }
}

/** What a window asks of a session by itself. */
import type { Session } from '../bridge/bridge';

/** Whether anything may still happen in it. */
export function isOpen({ status }: Session): boolean {
  return status === 'waiting' || status === 'active';
}

/** Whether it is over. A status of a newer server is neither open nor over. */
export function hasEnded({ status }: Session): boolean {
  return status === 'completed' || status === 'cancelled';
}

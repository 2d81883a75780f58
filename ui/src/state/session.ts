/** What a window asks of a session by itself. */
import type { Session } from '../bridge/bridge';

/** Whether anything may still happen in it. */
export function isOpen({ status }: Session): boolean {
  return status === 'waiting' || status === 'active';
}

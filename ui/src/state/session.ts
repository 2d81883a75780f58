/** The status of sessions and rounds, by the tables of the core. A status of a newer server is in none of them. */
import type { Round, Session } from '../bridge/bridge';
import { ROUND_IS_OUT, SESSION_IS_OPEN } from '../bridge/generated';
import { known } from '../words/known';

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

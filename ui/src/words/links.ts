/** The state of the connection in words. */
import type { LinkState } from '../bridge/bridge';
import { m } from '../paraglide/messages';

const LINKS: Record<LinkState, () => string> = {
  live: m.link_live,
  connecting: m.link_connecting,
  polling: m.link_polling,
  offline: m.link_offline,
  signed_out: m.link_signed_out,
};

export function linkWords(state: LinkState): string {
  return LINKS[state]();
}

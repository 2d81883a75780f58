/**
 * The code of an invitation, as somebody types or pastes it: alone, or in the link it came with. What is wrong with it is
 * said before anything is sent.
 */
import { m } from '../paraglide/messages';
import { isolated } from './names';

/** Crockford's base 32, as the server has it. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** How many symbols a code has. */
const SYMBOLS = 28;
const GROUP = 4;

/** What is written for a symbol that it looks like. */
const LOOKS_LIKE: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' };

export interface ReadInvitation {
  code: string;
  /** The server it is for, if it was a link. */
  server: string | null;
}

export type CodeProblem =
  | { kind: 'empty' }
  | { kind: 'no-invitation' }
  | { kind: 'unknown-symbol'; symbol: string }
  | { kind: 'wrong-length'; count: number };

/** Reads a code or a link with one. */
export function readInvitation(text: string): ReadInvitation | CodeProblem {
  const typed = text.trim();
  if (typed === '') return { kind: 'empty' };
  const parts = /^[a-z][\w+.-]*:/i.test(typed) ? partsOf(typed) : { code: typed, server: null };
  if (!parts) return { kind: 'no-invitation' };
  const code = readCode(parts.code);
  return typeof code === 'string' ? { code, server: parts.server } : code;
}

export function codeProblemWords(problem: CodeProblem): string {
  switch (problem.kind) {
    case 'empty':
      return m.field_required();
    case 'no-invitation':
      return m.claim_no_invitation();
    case 'unknown-symbol':
      return m.claim_unknown_symbol({ symbol: isolated(problem.symbol) });
    case 'wrong-length':
      return m.claim_wrong_length({ count: problem.count, right: SYMBOLS });
  }
}

/** Whether two addresses are of the same server. */
export function isSameServer(one: string, other: string): boolean {
  const [a, b] = [one, other].map((address) => {
    const url = URL.parse(address);
    return url && url.origin + url.pathname.replace(/\/+$/, '');
  });
  return a !== null && a === b;
}

/** The host of a server, by which people know it. */
export function hostOf(server: string): string {
  return URL.parse(server)?.host ?? server;
}

function partsOf(link: string): ReadInvitation | null {
  const ours = /^ringside:\/*claim\/([^/?#]+)\/?(?:\?([^#]*))?$/i.exec(link);
  if (ours) return { code: ours[1] ?? '', server: new URLSearchParams(ours[2]).get('server') };
  const page = URL.parse(link);
  const path = page && /^(.*)\/join\/?$/.exec(page.pathname);
  if (!page || !path || !page.protocol.startsWith('http')) return null;
  return { code: page.hash.slice(1), server: page.origin + (path[1] ?? '') };
}

/** The code in groups, or why it is none. */
function readCode(text: string): string | CodeProblem {
  const symbols = [...text.toUpperCase()]
    .filter((symbol) => !/[\s\p{Pd}]/u.test(symbol))
    .map((symbol) => LOOKS_LIKE[symbol] ?? symbol);
  const unknown = symbols.find((symbol) => !ALPHABET.includes(symbol));
  if (unknown !== undefined) return { kind: 'unknown-symbol', symbol: unknown };
  if (symbols.length !== SYMBOLS) return { kind: 'wrong-length', count: symbols.length };
  return symbols.map((symbol, i) => (i > 0 && i % GROUP === 0 ? `-${symbol}` : symbol)).join('');
}

/**
 * People as lines that were pasted: `name; address; role; trainer`, separated by semicolons or, from a spreadsheet, by
 * tabs. What is wrong is said line by line, before anything is sent. Whether an address is taken only the server knows.
 */
import type { Person, Role, UserId } from '../bridge/bridge';
import { LIMITS } from '../bridge/generated';
import { m } from '../paraglide/messages';
import { folded } from './folding';
import type { Known } from './known';
import { isolated } from './names';
import { isWithin } from './text';

/** Who is to train somebody: a trainer of the studio, or one who is in these lines, by their address. */
export type LineTrainer =
  { kind: 'known'; id: UserId; name: string } | { kind: 'line'; email: string; name: string };

export interface InviteLine {
  /** Which line it is, from 1. */
  number: number;
  /** As it was pasted. */
  text: string;
  name: string;
  email: string;
  roles: readonly Known<Role>[];
  trainer: LineTrainer | null;
  problems: readonly LineProblem[];
}

export type LineProblem =
  | { kind: 'too-many-fields'; count: number }
  | { kind: 'no-name' | 'long-name' | 'no-email' | 'bad-email' }
  | { kind: 'same-email'; line: number }
  | { kind: 'unknown-role'; word: string }
  | { kind: 'unknown-trainer' | 'several-trainers'; word: string };

const FIELDS = 4;

/** Words for a role in each language, as they are compared. */
const ROLE_WORDS: Record<Known<Role>, readonly string[]> = {
  athlete: [
    ...['athlete', 'client', 'member'],
    ...['athlet', 'athletin', 'sportler', 'sportlerin', 'kunde', 'kundin', 'trainiert', 'mitglied'],
    ...['atleta', 'aluno', 'aluna', 'cliente'],
  ],
  trainer: ['trainer', 'coach', 'trainerin', 'treinador', 'treinadora', 'instrutor', 'instrutora'],
  admin: [
    ...['admin', 'administrator', 'administratorin', 'verwaltung'],
    ...['administrador', 'administradora', 'administracao', 'administration'],
  ],
};

/** Reads lines; empty ones are none. `trainers` are those of the studio. */
export function readLines(text: string, trainers: readonly Person[]): InviteLine[] {
  const lines = text
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number }) => readLine(line, number));
  return lines.map((line) => completed(line, lines, trainers));
}

/** Whoever is named as a trainer comes before those who name them, as far as that is possible. */
export function trainersFirst(lines: readonly InviteLine[]): InviteLine[] {
  const isTrainer = ({ roles }: InviteLine) => roles.includes('trainer');
  const ordered: InviteLine[] = [];
  const placed = new Set<string>();
  let rest = [...lines.filter(isTrainer), ...lines.filter((line) => !isTrainer(line))];
  for (;;) {
    const ready = rest.filter(({ trainer }) => trainer?.kind !== 'line' || placed.has(trainer.email));
    if (ready.length === 0) return [...ordered, ...rest];
    ordered.push(...ready);
    for (const { email } of ready) placed.add(email);
    rest = rest.filter((line) => !ready.includes(line));
  }
}

export function lineProblemWords(problem: LineProblem): string {
  switch (problem.kind) {
    case 'too-many-fields':
      return m.lines_too_many_fields({ number: problem.count, most: FIELDS });
    case 'no-name':
      return m.lines_no_name();
    case 'long-name':
      return m.lines_long_name();
    case 'no-email':
      return m.lines_no_email();
    case 'bad-email':
      return m.lines_bad_email();
    case 'same-email':
      return m.lines_same_email({ line: problem.line });
    case 'unknown-role':
      return m.lines_unknown_role({ word: isolated(problem.word) });
    case 'unknown-trainer':
      return m.lines_unknown_trainer({ word: isolated(problem.word) });
    case 'several-trainers':
      return m.lines_several_trainers({ word: isolated(problem.word) });
  }
}

/** A line by itself, with its trainer as it was written. */
interface ReadLine extends Omit<InviteLine, 'trainer'> {
  trainerWord: string;
}

function readLine(text: string, number: number): ReadLine {
  const fields = text.split(text.includes(';') ? ';' : '\t').map((field) => field.trim());
  // A semicolon at the end separates nothing.
  while (fields.length > FIELDS && fields.at(-1) === '') fields.pop();
  const [name = '', typedEmail = '', roleWords = '', trainerWord = ''] = fields;
  const email = typedEmail.toLowerCase();
  const { roles, unknown } = readRoles(roleWords);
  const problems: LineProblem[] = unknown.map((word) => ({ kind: 'unknown-role', word }));
  if (fields.length > FIELDS) problems.unshift({ kind: 'too-many-fields', count: fields.length });
  if (email === '') problems.unshift({ kind: 'no-email' });
  else if (!isAddress(email)) problems.unshift({ kind: 'bad-email' });
  if (name === '') problems.unshift({ kind: 'no-name' });
  else if (!isWithin(name, LIMITS.name_chars)) problems.unshift({ kind: 'long-name' });
  return { number, text, name, email, roles, trainerWord, problems };
}

/** Adds what can only be said of a line beside the others. */
function completed(
  { trainerWord, ...line }: ReadLine,
  lines: readonly ReadLine[],
  trainers: readonly Person[],
): InviteLine {
  const problems = [...line.problems];
  const first = lines.find(({ email }) => email !== '' && email === line.email);
  if (first && first.number !== line.number) problems.push({ kind: 'same-email', line: first.number });
  const found = trainerWord === '' ? [] : trainersCalled(trainerWord, line, lines, trainers);
  if (trainerWord !== '' && found.length !== 1)
    problems.push({ kind: found.length === 0 ? 'unknown-trainer' : 'several-trainers', word: trainerWord });
  return { ...line, trainer: found.length === 1 ? (found[0] ?? null) : null, problems };
}

/** The trainers meant by a name or the beginning of one, or by an address in these lines; nobody trains themselves. */
function trainersCalled(
  word: string,
  line: Omit<ReadLine, 'trainerWord'>,
  lines: readonly ReadLine[],
  trainers: readonly Person[],
): LineTrainer[] {
  const others = lines.filter(({ number, roles }) => number !== line.number && roles.includes('trainer'));
  const all: LineTrainer[] = [
    ...trainers.map(({ id, name }) => ({ kind: 'known', id, name }) as const),
    ...others.map(({ email, name }) => ({ kind: 'line', email, name }) as const),
  ];
  const wanted = folded(word);
  const exact = all.filter(
    (one) => folded(one.name) === wanted || (one.kind === 'line' && one.email === word.toLowerCase()),
  );
  return exact.length > 0 ? exact : all.filter(({ name }) => folded(name).startsWith(`${wanted} `));
}

/** Roles are separated by commas, slashes or plus signs. Without a word somebody is an athlete. */
function readRoles(text: string): { roles: Known<Role>[]; unknown: string[] } {
  const words = text.split(/[,/+]/).map((word) => word.trim());
  const named = words.filter((word) => word !== '');
  const roles = named.map(roleCalled);
  const known = roles.filter((role) => role !== undefined);
  const unknown = named.filter((_, i) => roles[i] === undefined);
  return { roles: named.length === 0 ? ['athlete'] : [...new Set(known)], unknown };
}

function roleCalled(word: string): Known<Role> | undefined {
  const wanted = folded(word);
  return (Object.keys(ROLE_WORDS) as Known<Role>[]).find((role) => ROLE_WORDS[role].includes(wanted));
}

/** Whether a text can be an address, by the server's rule: something on both sides of one `@`, and no space. */
function isAddress(text: string): boolean {
  return /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(text) && [...text].length <= LIMITS.name_chars;
}

/** The shorthand in words: what is wrong with one, what it may mean, and what one looks like. */
import type { Field, Values } from '../bridge/bridge';
import { LIMITS } from '../bridge/generated';
import { m } from '../paraglide/messages';
import { fieldNameWords } from '../words/exercises';
import { numberWords } from '../words/numbers';
import { FIELD_OF, problemWords, type ShownProblem } from '../words/quantities';
import { valuesWords, weightWords } from '../words/values';
import { readShorthand, type Shorthand } from './shorthand';

/** Why a shorthand can't be applied, with what it may mean, to be chosen from. */
export function shorthandProblem(text: string, choose: (values: Values) => void): ShownProblem {
  const read = readShorthand(text);
  const meanings = read.kind === 'ambiguous' ? read.values : [];
  const choices = meanings.map((values) => ({
    words: valuesWords(values),
    choose: () => {
      choose(values);
    },
  }));
  return { words: problemOf(read), choices };
}

function problemOf(read: Shorthand): string {
  switch (read.kind) {
    case 'problem': {
      const words = problemWords(read.field, read.problem, LIMITS.planned[read.field]);
      return `${fieldNameWords(FIELD_OF[read.field])}: ${words}`;
    }
    case 'ambiguous': {
      const [meant] = read.values;
      if (!read.maybeSets || !meant || read.values.length > 1) return m.value_ambiguous();
      const reps = meant.reps ?? 0;
      const weight = weightWords(meant.weight_kg ?? 0);
      return m.shorthand_sets({ count: reps, reps: numberWords(reps), weight });
    }
    default:
      return m.row_unread();
  }
}

/** What may be written for an exercise with these fields; not offered to a rowing machine is a weight. */
export function exampleFor(fields: readonly Field[]): string {
  const has = (field: Field) => fields.includes(field);
  const parts = [
    has('weight') ? (has('reps') ? '80 × 8' : '80 kg') : has('reps') ? '8' : '',
    has('distance') ? '500 m' : '',
    has('time') ? '1:45' : '',
    has('effort') ? '@ 7' : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

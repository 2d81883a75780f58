/** The shorthand in words: what is wrong with one, what it may mean, and what one looks like. */
import type { Field, PlannedValues } from '../bridge/bridge';
import { LIMITS } from '../bridge/generated';
import { m } from '../paraglide/messages';
import { fieldNameWords } from '../words/exercises';
import { numberWords } from '../words/numbers';
import { loadWords } from '../words/planned';
import { FIELD_OF, problemWords, type ShownProblem } from '../words/quantities';
import { valuesWords } from '../words/values';
import { weightUnit } from '../words/weight-unit.svelte';
import { type Meaning, readShorthand, type Shorthand } from './shorthand';

/** Why a shorthand can't be applied, with what it may mean, to be chosen from. */
export function shorthandProblem(text: string, choose: (meaning: Meaning) => void): ShownProblem {
  const read = readShorthand(text);
  const meanings = read.kind === 'ambiguous' ? read.meanings : [];
  const choices = meanings.map((meaning) => ({
    words: meaningWords(meaning),
    choose: () => {
      choose(meaning);
    },
  }));
  return { words: problemOf(read), choices };
}

/** Planned values in one line, also where their weight comes from while it is not worked out. */
export function plannedWords(values: PlannedValues): string {
  const load = values.load && values.weight_kg === null ? loadWords(values.load) : '';
  const effort = values.effort === null ? '' : m.line_aim({ effort: values.effort });
  return [load, valuesWords(values), effort].filter((part) => part !== '').join(' · ');
}

/** `3 Runden: 8 × 100 kg`. */
export function meaningWords({ values, rounds }: Meaning): string {
  const words = plannedWords(values);
  return rounds === 1
    ? words
    : m.shorthand_rounds({ count: rounds, rounds: numberWords(rounds), values: words });
}

function problemOf(read: Shorthand): string {
  switch (read.kind) {
    case 'problem': {
      const words = problemWords(read.field, read.problem, LIMITS.planned[read.field]);
      return `${fieldNameWords(FIELD_OF[read.field])}: ${words}`;
    }
    case 'ambiguous':
      return m.value_ambiguous();
    case 'incomplete':
      return m.shorthand_incomplete();
    default:
      return m.row_unread();
  }
}

/** What may be written for an exercise with these fields; not offered to a rowing machine is a weight. */
export function exampleFor(fields: readonly Field[]): string {
  const has = (field: Field) => fields.includes(field);
  const unit = weightUnit.current;
  const load = unit === 'kg' ? '80' : '180';
  const parts = [
    has('weight') ? (has('reps') ? `${load} × 8` : `${load} ${unit}`) : has('reps') ? '8' : '',
    has('distance') ? '500 m' : '',
    has('time') ? '1:45' : '',
    has('effort') ? '@ 7' : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

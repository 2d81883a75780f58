/** What is wrong with one input, in words. The types below make a new code without words a type error. */
import type { Failure, FieldCode, FieldProblem } from '../bridge/bridge';
import { LIMITS } from '../bridge/generated';
import { m } from '../paraglide/messages';
import { type Known, known } from './known';
import { problemWords, type Range, type ValueField, VALUE_FIELDS } from './quantities';

const FIELDS: Record<Known<FieldCode>, () => string> = {
  required: m.field_required,
  invalid: m.field_invalid,
  'unknown-field': m.field_unknown_field,
  'too-short': m.field_too_short,
  'too-long': m.field_too_long,
  'out-of-range': m.field_out_of_range,
  'out-of-order': m.field_out_of_order,
  'in-future': m.field_in_future,
  duplicate: m.field_duplicate,
  'unknown-reference': m.field_unknown_reference,
  'regions-missing': m.field_regions_missing,
  'regions-without-pain': m.field_regions_without_pain,
  'wrong-password': m.field_wrong_password,
  'too-common': m.field_too_common,
  'contains-name': m.field_contains_name,
  'not-repeated': m.field_not_repeated,
};

export function fieldWords(code: FieldCode): string {
  return (known(FIELDS, code) ?? m.field_invalid)();
}

/** What a failure says about one input, by its JSON pointer; of a number out of range, what the range is. */
export function fieldFailure(failure: Failure | null, pointer: string): string | undefined {
  const problem: FieldProblem | undefined = failure?.fields.find((field) => field.pointer === pointer);
  if (problem?.code !== 'out-of-range') return problem && fieldWords(problem.code);
  const [field, range] = numberAt(pointer) ?? [];
  return field && range ? problemWords(field, { kind: 'out-of-range' }, range) : fieldWords(problem.code);
}

/** Which number an input takes, and the bounds of it. */
function numberAt(pointer: string): [ValueField, Range] | undefined {
  const [of, last] = pointer.split('/').slice(-2);
  if (last === 'rest_after_s') return ['time_s', LIMITS.rest_s];
  const field = VALUE_FIELDS.find((field) => field === last);
  // Of no exercise: what somebody weighs.
  if (of === '' && field === 'weight_kg') return [field, LIMITS.body_weight_kg];
  return field && [field, LIMITS[of === 'planned' ? 'planned' : 'actual'][field]];
}

/** What the efforts mean: for hard ones how much would have been left, for easy ones how it feels. */
import { m } from '../paraglide/messages';

export interface EffortMeaning {
  efforts: readonly number[];
  text: string;
}

/** From the hardest to none. */
export function effortHelp(): EffortMeaning[] {
  return [
    { efforts: [10], text: m.effort_help_10() },
    { efforts: [9], text: m.effort_help_9() },
    { efforts: [8], text: m.effort_help_8() },
    { efforts: [7], text: m.effort_help_7() },
    { efforts: [6, 5], text: m.effort_help_5() },
    { efforts: [4, 3], text: m.effort_help_3() },
    { efforts: [2, 1], text: m.effort_help_1() },
    { efforts: [0], text: m.effort_help_0() },
  ];
}

/** What an athlete weighs, entered in two touches (b19, b59). */
import { describe, expect, it } from 'vitest';

import type { Weight } from '../src/bridge/bridge';
import { ATHLETE, view } from '../dev/fixtures';
import { failure, type Answers } from '../dev/scripted';
import { weight } from '../dev/weight-scenes';
import { open, settle } from './window';
import { drafts, pending, place, press, rows, saved, value } from './weight-window';

describe('the place Weight', () => {
  it('b59_is_reached_by_g_w', async () => {
    const window = await open(view(ATHLETE), { list_weights: () => ({ weights: [], next: null }) });
    await press('g', 'w');
    expect(window.view()).toBe('weight');
    await press('Escape');
    expect(window.view()).toBe('start');
  });

  it('b19_has_the_last_weight_and_takes_a_new_one_with_two_touches', async () => {
    const window = await place({ weights: [weight(1, 82.4)] });
    expect(value(window, 'weight-value')).toBe('82,4');
    await window.click('weight-value-more');
    expect(window.find('save-weight').textContent).toContain('82,5');
    await window.click('save-weight');
    expect(drafts(window)).toEqual([{ weight_kg: 82.5, at: null, note: null }]);
    expect(window.text()).toContain('eingetragen.');
  });

  it('b19_steps_a_tenth_of_the_persons_unit', async () => {
    const window = await place({ weights: [weight(1, 82.43)] });
    await window.click('weight-value-less');
    expect(value(window, 'weight-value')).toBe('82,4');
    await window.click('weight-value-less');
    expect(value(window, 'weight-value')).toBe('82,3');
  });

  it('b19_steps_a_tenth_of_a_pound_for_whoever_uses_pounds', async () => {
    const pounds = await place({ weights: [weight(1, 81.647)] }, {}, 'lb');
    expect(value(pounds, 'weight-value')).toBe('180');
    await pounds.click('weight-value-more');
    expect(value(pounds, 'weight-value')).toBe('180,1');
    await pounds.click('save-weight');
    expect(drafts(pounds)).toEqual([{ weight_kg: 81.692, at: null, note: null }]);
  });

  it('b19_steps_in_pounds_from_what_the_field_says_and_saves_unchanged_what_is_left_alone', async () => {
    const pounds = await place({ weights: [weight(1, 80)] }, {}, 'lb');
    expect(value(pounds, 'weight-value')).toBe('176,4');
    await pounds.click('save-weight');
    expect(drafts(pounds)).toEqual([{ weight_kg: 80, at: null, note: null }]);
    await pounds.click('weight-value-more');
    expect(value(pounds, 'weight-value')).toBe('176,5');
    await pounds.click('weight-value-less');
    await pounds.click('weight-value-less');
    expect(value(pounds, 'weight-value')).toBe('176,3');
  });

  it.each([
    ['kg', '70'],
    ['lb', '154,3'],
  ] as const)(
    'b19_begins_in_%s_where_somebody_may_weigh_and_stays_within_the_bounds',
    async (unit, first) => {
      const window = await place({}, {}, unit);
      await window.click('weight-value-more');
      expect(value(window, 'weight-value')).toBe(first);
      const heaviest = unit === 'kg' ? '300' : '661,3';
      await window.type('weight-value', heaviest);
      await window.click('weight-value-more');
      expect(value(window, 'weight-value')).toBe(heaviest);
    },
  );

  it('b58_says_what_is_no_weight_where_it_stands_and_keeps_it', async () => {
    const window = await place({ weights: [weight(1, 82.4)] });
    for (const typed of ['achtzig', '8', '820']) {
      await window.type('weight-value', typed);
      await window.click('save-weight');
      expect(window.find('value-problem').textContent).not.toBe('');
      expect(value(window, 'weight-value')).toBe(typed);
    }
    await window.click('weight-value-more');
    expect(value(window, 'weight-value')).toBe('820');
    expect(drafts(window)).toEqual([]);
  });

  it('b19_takes_another_time_and_a_note_and_none_that_is_to_come', async () => {
    const window = await place({ weights: [weight(1, 82.4)] });
    await window.click('weight-other-time');
    await window.type('weight-day', '2999-01-01');
    await window.click('save-weight');
    expect(window.text()).toContain('Das liegt in der Zukunft.');
    expect(drafts(window)).toEqual([]);
    await window.type('weight-day', '2026-03-02');
    const time = window.find('weight-time') as HTMLSelectElement;
    time.value = '07:15';
    time.dispatchEvent(new Event('change', { bubbles: true }));
    await window.type('weight-note', ' nüchtern ');
    await window.click('save-weight');
    const at = new Date('2026-03-02T07:15').toISOString();
    expect(drafts(window)).toEqual([{ weight_kg: 82.4, at, note: 'nüchtern' }]);
    expect(window.has('weight-day')).toBe(false);
  });

  it('keeps what is half typed, also in another place and in another unit', async () => {
    const window = await place({ weights: [weight(1, 82.4)] });
    await window.type('weight-value', '81');
    await window.click('open-train');
    window.bridge.emit({ type: 'view', view: view({ ...ATHLETE, weight_unit: 'lb' }) });
    await window.click('open-weight');
    expect(value(window, 'weight-value')).toBe('81 kg');
    await window.click('save-weight');
    expect(drafts(window)).toEqual([{ weight_kg: 81, at: null, note: null }]);
  });

  it('does not write a unit behind one that was typed', async () => {
    const window = await place({ weights: [weight(1, 82.4)] });
    await window.type('weight-value', '180 lbs');
    window.bridge.emit({ type: 'view', view: view({ ...ATHLETE, weight_unit: 'lb' }) });
    await settle();
    expect(value(window, 'weight-value')).toBe('180 lbs');
  });

  it('keeps what is typed while a weight is being saved', async () => {
    const { answer, come } = pending<Weight>();
    const window = await place({ weights: [weight(1, 82.4)] }, { create_weight: () => answer });
    await window.type('weight-value', '81');
    await window.type('weight-note', 'nüchtern');
    await window.click('save-weight');
    await window.type('weight-value', '81,5');
    await come(saved({ weight_kg: 81, at: null, note: 'nüchtern' }));
    expect([value(window, 'weight-value'), value(window, 'weight-note')]).toEqual(['81,5', '']);
    await window.click('save-weight');
    expect(drafts(window).at(-1)).toEqual({ weight_kg: 81.5, at: null, note: null });
  });

  it('marks the field that the server refuses', async () => {
    let fields = [{ pointer: '/at', code: 'out-of-range' }];
    const refuse = () => Promise.reject({ ...failure('invalid'), fields });
    const window = await place({ weights: [weight(1, 82.4)] }, { create_weight: refuse } as Answers);
    await window.click('weight-other-time');
    await window.click('save-weight');
    expect(window.find('weight-day').getAttribute('aria-invalid')).toBe('true');
    expect(window.find('weight-value').getAttribute('aria-invalid')).toBe(null);
    fields = [{ pointer: '/weight_kg', code: 'out-of-range' }];
    await window.click('save-weight');
    expect(window.find('weight-day').getAttribute('aria-invalid')).toBe(null);
    expect(window.find('value-problem').textContent).toMatch(/20\u202Fkg.*300\u202Fkg/);
  });

  it('keeps what was typed when it is refused', async () => {
    const refused = { create_weight: () => Promise.reject(failure('weights-full')) };
    const window = await place({ weights: [weight(1, 82.4)] }, refused as Answers);
    await window.type('weight-value', '81,9');
    await window.click('save-weight');
    expect(window.find('failure').dataset['code']).toBe('weights-full');
    expect(value(window, 'weight-value')).toBe('81,9');
  });

  it('b68_undoes_entering_by_deleting_it', async () => {
    const window = await place({}, { delete_weight: () => null });
    await window.type('weight-value', '80');
    await window.click('save-weight');
    await window.click('undo');
    expect(window.asked('delete_weight')).toEqual([{ weight_id: 'w-new', version: 1 }]);
    expect(rows()).toEqual([]);
  });
});

/** What an athlete weighs: entered in two touches, corrected, deleted, seen by their trainer (b19, b59). */
import { describe, expect, it } from 'vitest';

import type { EventName, View, Weight, WeightDraft } from '../src/bridge/bridge';
import { athlete, ATHLETE, JONAS, TRAINER, view } from '../dev/fixtures';
import { failure, type Answers } from '../dev/scripted';
import { weight } from '../dev/weight-scenes';
import { open, settle, type Window } from './window';

const value = (window: Window, testid: string) => (window.find(testid) as HTMLInputElement).value;
const rows = () =>
  [...document.querySelectorAll('[data-testid="weight"] strong')].map(({ textContent }) => textContent);
const drafts = (window: Window) => window.asked('create_weight').map(({ draft }) => draft);

function saved(draft: WeightDraft, more: Partial<Weight> = {}): Weight {
  const at = draft.at ?? new Date().toISOString();
  return {
    id: 'w-new',
    athlete_id: JONAS.id,
    weight_kg: draft.weight_kg,
    at,
    note: draft.note,
    version: 1,
    ...more,
  };
}

async function place(
  more: Partial<View> = {},
  answers: Answers = {},
  unit: 'kg' | 'lb' = 'kg',
): Promise<Window> {
  const window = await open(view({ ...ATHLETE, weight_unit: unit }, [], more), {
    list_weights: () => ({ weights: [], next: null }),
    create_weight: ({ draft }) => saved(draft),
    ...answers,
  });
  await window.click('open-weight');
  return window;
}

/** An answer that comes when the test says so. */
function pending<T>(): { answer: Promise<T>; come: (value: T) => Promise<void> } {
  let resolve: (value: T) => void;
  const answer = new Promise<T>((done) => (resolve = done));
  const come = async (value: T) => {
    resolve(value);
    await settle();
  };
  return { answer, come };
}

/** What is in the row of a weight, where it is corrected. */
function inRow<E extends HTMLElement>(testid: string): E {
  const found = document.querySelector<E>(`[data-testid="weight"] [data-testid="${testid}"]`);
  if (!found) throw new Error(`no ${testid} in a row`);
  return found;
}

async function typeInRow(text: string): Promise<void> {
  const input = inRow<HTMLInputElement>('weight-value');
  input.value = text;
  input.dispatchEvent(new InputEvent('input', { bubbles: true }));
  await settle();
}

async function clickInRow(testid: string): Promise<void> {
  inRow(testid).click();
  await settle();
}

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) {
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    await settle();
  }
}

async function comes(window: Window, entity: Weight): Promise<void> {
  window.bridge.emit({ type: 'entity', document: { kind: 'weight', entity }, permits: null, cause: null });
  await settle();
}

async function goes(window: Window, id: string, event: EventName): Promise<void> {
  const cause = { event, round_id: null, at: '2026-11-24T17:00:00Z' };
  window.bridge.emit({ type: 'gone', entity: { kind: 'weight', id }, cause });
  await settle();
}

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

describe('what was entered', () => {
  it('is listed newest first with the change from one to the next', async () => {
    const window = await place({ weights: [weight(0, 82), weight(1, 82.4), weight(2, 82.4)] });
    expect(rows()).toEqual(['82\u202Fkg', '82,4\u202Fkg', '82,4\u202Fkg']);
    const changes = [...document.querySelectorAll('[data-testid="weight"] .change')];
    expect(changes.map(({ textContent }) => textContent)).toEqual(['−0,4\u202Fkg', '±0\u202Fkg', '']);
    await comes(window, weight(0, 81.9, { version: 2 }));
    expect(rows()[0]).toBe('81,9\u202Fkg');
  });

  it('b19_is_corrected_in_its_place_and_keeps_its_time', async () => {
    const [first] = [weight(3, 82.4, { note: 'nüchtern' })];
    const window = await place(
      { weights: [first] },
      { edit_weight: ({ draft }) => saved(draft, { id: first.id }) },
    );
    await window.click('edit-weight');
    const input = inRow<HTMLInputElement>('weight-value');
    expect([input.value, document.activeElement]).toEqual(['82,4', input]);
    await typeInRow('81,4');
    await clickInRow('save-weight');
    const draft = { weight_kg: 81.4, at: first.at, note: 'nüchtern' };
    expect(window.asked('edit_weight')).toEqual([{ weight_id: first.id, version: 1, draft }]);
  });

  it('b67_says_what_another_device_has_made_of_it_before_it_saves_over_that', async () => {
    const window = await place({ weights: [weight(3, 82.4)] }, { edit_weight: ({ draft }) => saved(draft) });
    await window.click('edit-weight');
    await typeInRow('81,4');
    await comes(window, weight(3, 80, { version: 2 }));
    expect(inRow<HTMLInputElement>('weight-value').value).toBe('81,4');
    expect(window.text()).toContain('Inzwischen steht hier 80\u202Fkg.');
    await clickInRow('save-weight');
    expect(window.asked('edit_weight')[0]?.version).toBe(2);
  });

  it('stays open with what is typed while a correction is being saved', async () => {
    const first = weight(3, 82.4);
    const { answer, come } = pending<Weight>();
    const window = await place({ weights: [first] }, { edit_weight: () => answer });
    await window.click('edit-weight');
    await typeInRow('81,4');
    await clickInRow('save-weight');
    await typeInRow('81,6');
    await comes(window, { ...first, weight_kg: 81.4, version: 2 });
    await come({ ...first, weight_kg: 81.4, version: 2 });
    expect(inRow<HTMLInputElement>('weight-value').value).toBe('81,6');
    expect(window.text()).not.toContain('Inzwischen');
    await clickInRow('save-weight');
    expect(window.asked('edit_weight').map(({ version }) => version)).toEqual([1, 2]);
  });

  it('says where a correction is half typed', async () => {
    const window = await place({ weights: [weight(1, 82), weight(3, 82.4)] });
    expect(window.has('unsaved-weight')).toBe(false);
    await window.click('edit-weight');
    await typeInRow('81,4');
    await window.click('open-train');
    await window.click('open-weight');
    expect(document.querySelectorAll('[data-testid="unsaved-weight"]')).toHaveLength(1);
    await window.click('edit-weight');
    expect(inRow<HTMLInputElement>('weight-value').value).toBe('81,4');
    await clickInRow('cancel-weight');
    expect(window.has('unsaved-weight')).toBe(false);
  });

  it('b19_b68_is_deleted_and_comes_back', async () => {
    const first = weight(3, 82.4);
    const window = await place(
      { weights: [first] },
      {
        delete_weight: () => null,
        restore_weight: ({ weight }) => ({ ...weight, version: 2 }),
      },
    );
    await window.click('delete-weight');
    await goes(window, first.id, 'weight-removed');
    expect(rows()).toEqual([]);
    await window.click('undo');
    expect(window.asked('restore_weight')).toEqual([{ weight: first }]);
    expect(rows()).toEqual(['82,4\u202Fkg']);
  });

  it('goes on to what is older than what the device keeps', async () => {
    const page = (after: string | null) =>
      after === 'w-1'
        ? { weights: [weight(100, 84)], next: 'w-100' }
        : { weights: [weight(101, 85)], next: null };
    const window = await place({ weights: [weight(1, 82)] }, { list_weights: ({ after }) => page(after) });
    expect(rows()).toEqual(['82\u202Fkg', '84\u202Fkg']);
    await window.click('more-weights');
    expect(rows()).toEqual(['82\u202Fkg', '84\u202Fkg', '85\u202Fkg']);
    expect(window.has('more-weights')).toBe(false);
    await goes(window, 'w-100', 'weight-removed');
    expect(rows()).toEqual(['82\u202Fkg', '85\u202Fkg']);
  });

  it('is the shape of what is coming until it is known', async () => {
    const { answer, come } = pending<{ weights: Weight[]; next: null }>();
    const window = await place({}, { list_weights: () => answer });
    expect(document.querySelector('[data-view="weight"] .skeleton')).not.toBeNull();
    await come({ weights: [], next: null });
    expect(document.querySelector('[data-view="weight"] .skeleton')).toBeNull();
    expect(window.text()).toContain('Noch kein Gewicht');
  });

  it('says without a network that nothing is known, and asks again', async () => {
    const offline = await place({}, {
      list_weights: () => Promise.reject(failure('unreachable')),
    } as Answers);
    expect(offline.text()).not.toContain('Noch kein Gewicht');
    expect(offline.find('failure').dataset['code']).toBe('unreachable');
    offline.bridge.answers.list_weights = () => ({ weights: [weight(100, 84)], next: null });
    await offline.click('more-weights');
    expect(rows()).toEqual(['84\u202Fkg']);
  });
});

describe('a trainer', () => {
  it('b19_sees_the_weight_on_the_athletes_page_and_changes_nothing', async () => {
    const weights = [weight(1, 82), weight(2, 83.5), { ...weight(0, 60), id: 'w-x', athlete_id: 'u-other' }];
    const window = await open(view(TRAINER, [], { athletes: [athlete(JONAS)], weights }), {
      list_sessions: () => ({ sessions: [], next: null }),
      list_weights: () => ({ weights: [], next: null }),
    });
    await window.click('open-athletes');
    await window.click('athlete');
    await window.click('tab-weight');
    await settle();
    expect(rows()).toEqual(['82\u202Fkg', '83,5\u202Fkg']);
    expect(window.find('latest-weight').textContent).toContain('−1,5\u202Fkg');
    expect(window.has('edit-weight') || window.has('weight-form')).toBe(false);
  });

  it('who looks again sees as many as before, read anew', async () => {
    const pages: Record<string, { weights: Weight[]; next: string | null }> = {
      'w-1': { weights: [weight(100, 84)], next: 'w-100' },
      'w-100': { weights: [weight(101, 85)], next: 'w-101' },
      'w-101': { weights: [weight(102, 86)], next: null },
    };
    const weights = [weight(1, 82)];
    const window = await open(view(TRAINER, [], { athletes: [athlete(JONAS)], weights }), {
      list_sessions: () => ({ sessions: [], next: null }),
      list_weights: ({ after }) => pages[after ?? ''] ?? { weights: [], next: null },
    });
    for (const testid of ['open-athletes', 'athlete', 'tab-weight', 'more-weights'])
      await window.click(testid);
    const seen = ['82', '84', '85'].map((kg) => `${kg}\u202Fkg`);
    expect(rows()).toEqual(seen);
    pages['w-1'] = { weights: [weight(100, 83.5)], next: 'w-100' };
    await window.click('tab-sessions');
    await window.click('tab-weight');
    expect(rows()).toEqual([seen[0], '83,5\u202Fkg', seen[2]]);
    expect(window.has('more-weights')).toBe(true);
  });
});

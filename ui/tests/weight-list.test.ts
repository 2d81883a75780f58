/** What an athlete weighed: listed, corrected, deleted, seen by their trainer (b19, b67, b68). */
import { describe, expect, it } from 'vitest';

import type { Weight } from '../src/bridge/bridge';
import { athlete, ATHLETE, JONAS, TRAINER, view } from '../dev/fixtures';
import { failure, type Answers } from '../dev/scripted';
import { weight } from '../dev/weight-scenes';
import { open, settle } from './window';
import { clickInRow, comes, goes, inRow, pending, place, rows, saved, typeInRow } from './weight-window';

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

  it('reads what is older again after everything was read anew: somebody may have imported it', async () => {
    let older = [weight(100, 84)];
    const weights = { weights: [weight(1, 82)] };
    const window = await place(weights, { list_weights: () => ({ weights: older, next: null }) });
    older = [...older, weight(101, 85)];
    window.bridge.emit({ type: 'view', view: view(ATHLETE, [], weights) });
    await settle();
    expect(rows()).toEqual(['82\u202Fkg', '84\u202Fkg', '85\u202Fkg']);
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

describe('b19 the chart', () => {
  const caption = () => document.querySelector('[data-testid="chart-caption"]')?.textContent;

  it('is of what is known here, also without a network, and moves with what is entered', async () => {
    const window = await place(
      { weights: [weight(7, 84), weight(14, 85)] },
      { list_weights: () => Promise.reject(failure('unreachable')) },
    );
    expect(caption()).toBe('Sieben-Tage-Mittel 84\u202Fkg, in 7 Tagen 1\u202Fkg weniger');
    await comes(window, weight(0, 83));
    expect(caption()).toBe('Sieben-Tage-Mittel 83\u202Fkg, in 2 Wochen 2\u202Fkg weniger');
  });

  it('is not drawn of a single weight', async () => {
    const window = await place({ weights: [weight(7, 84)] });
    expect(window.has('chart-weight')).toBe(false);
  });

  it('is of the last twelve weeks, whatever is read below it', async () => {
    const older = [weight(100, 90), weight(120, 91)];
    const window = await place(
      { weights: [weight(1, 84)] },
      { list_weights: () => ({ weights: older, next: null }) },
    );
    expect(rows()).toHaveLength(3);
    expect(window.has('chart-weight')).toBe(false);
    await comes(window, weight(0, 84));
    expect(window.find('chart-cursor').getAttribute('aria-valuemax')).toBe('2');
  });

  it('is on the page that a trainer sees', async () => {
    const window = await open(
      view(TRAINER, [], { athletes: [athlete(JONAS)], weights: [weight(0, 82), weight(1, 82.4)] }),
      {
        list_weights: () => ({ weights: [], next: null }),
        list_sessions: () => ({ sessions: [], next: null }),
        list_journal: () => ({ entries: [], next: null }),
      },
    );
    for (const testid of ['open-athletes', 'athlete', 'tab-weight']) await window.click(testid);
    expect(window.has('chart-weight')).toBe(true);
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

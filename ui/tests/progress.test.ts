/** An athlete's numbers in both windows: asked for when somebody looks, moved by what happens, and never in the way. */
import { describe, expect, it, vi } from 'vitest';

import type { Round, Stats, Weight } from '../src/bridge/bridge';
import { athlete, ATHLETE, JONAS, item, LIBRARY, round, session, TRAINER, view } from '../dev/fixtures';
import { past, PAST } from '../dev/history-scenes';
import { estimate, NO_STATS, progress, year } from '../dev/progress-scenes';
import { kiosk } from '../dev/kiosk-scenes';
import { failure, type Answers } from '../dev/scripted';
import { weight } from '../dev/weight-scenes';
import { open, settle, type Window } from './window';

const jonas = { athletes: [athlete(JONAS)] };
const [, squat] = LIBRARY as [(typeof LIBRARY)[0], (typeof LIBRARY)[0]];
const plain = (text: string) =>
  text
    .replaceAll(/[\u2068\u2069]/g, '')
    .replaceAll('\u202F', ' ')
    .trim();

async function athletePage(answers: Answers = progress(), tab = 'tab-progress'): Promise<Window> {
  const window = await open(view(TRAINER, [session('active', [out])], jonas), answers);
  for (const testid of ['open-athletes', 'athlete', tab]) await window.click(testid);
  return window;
}

async function ownHistory(answers: Answers = progress()): Promise<Window> {
  const window = await open(view(ATHLETE, [PAST]), answers);
  for (const testid of ['open-history', 'tab-progress']) await window.click(testid);
  return window;
}

const out = round(1, 'active', [item('i-squat', squat, { weight_kg: 122.5, reps: 3 })]);
const part = (figure: string, testid: string) => {
  const element = document.querySelector<HTMLElement>(`[data-testid="${figure}"] [data-testid="${testid}"]`);
  if (!element) throw new Error(`no ${testid} in ${figure}`);
  return element;
};
const cursor = (figure: string) => part(figure, 'chart-cursor');
const spoken = (figure: string) => plain(cursor(figure).getAttribute('aria-valuetext') ?? '');

async function press(at: HTMLElement, key: string): Promise<void> {
  at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  await settle();
}

async function select(window: Window, testid: string, value: string): Promise<void> {
  const input = window.find(testid) as HTMLSelectElement;
  input.value = value;
  input.dispatchEvent(new Event('change', { bubbles: true }));
  await settle();
}

const three: Stats = {
  ...NO_STATS,
  exercises: [{ id: squat.id, name: squat.name, category: 'legs' }],
  e1rm: [
    {
      exercise_id: squat.id,
      points: [estimate(9, 100, 5, 112.5), estimate(6, 110, 3, 116.47), estimate(0, 112, 5, 126)],
    },
  ],
};

describe('b33 the progress of an athlete', () => {
  it('is asked for with the time zone that weeks begin in', async () => {
    const window = await athletePage();
    expect(window.asked('athlete_stats')).toEqual([
      {
        athlete_id: JONAS.id,
        query: { timezone: Intl.DateTimeFormat().resolvedOptions().timeZone },
      },
    ]);
  });

  it('shows every figure with a caption in words', async () => {
    await athletePage();
    const captions = [...document.querySelectorAll('figure figcaption [data-testid="chart-caption"]')];
    expect(captions.map((caption) => plain(caption.textContent).length > 20)).toEqual(Array(9).fill(true));
  });

  it('is moved by a completed round', async () => {
    const window = await athletePage(progress(three));
    expect(plain(part('chart-e1rm', 'chart-caption').textContent)).toContain('112,5 → 126 kg');
    const [series] = three.e1rm as [Stats['e1rm'][0]];
    const more = { ...series, points: [...series.points, estimate(0, 120, 4, 130.9)] };
    window.bridge.answers.athlete_stats = () => ({ ...three, e1rm: [more] });
    const done: Round = { ...out, status: 'completed', version: 2 };
    await window.deliver(session('active', [done], { version: 2 }), 'round-completed', out.id);
    expect(plain(part('chart-e1rm', 'chart-caption').textContent)).toContain('112,5 → 130,9 kg');
    expect(window.asked('athlete_stats')).toHaveLength(2);
  });

  it('is asked for once more, however much happens while an answer is on its way', async () => {
    const window = await athletePage();
    let answer: ((stats: Stats) => void) | undefined;
    window.bridge.answers.athlete_stats = () => new Promise((resolve) => (answer = resolve));
    for (const version of [2, 3, 4])
      await window.deliver(session('active', [out], { version }), 'exercise-logged', out.id);
    expect(window.asked('athlete_stats')).toHaveLength(2);
    answer?.(three);
    await settle();
    expect(window.asked('athlete_stats')).toHaveLength(3);
    answer?.(three);
    await settle();
    expect(window.asked('athlete_stats')).toHaveLength(3);
  });

  it('is moved by a weight that is entered and by one that is deleted, and not by those of others', async () => {
    const window = await athletePage();
    const asked = () => window.asked('athlete_stats').length;
    const cause = { event: 'weight-saved', round_id: null, at: '2026-11-24T17:00:00Z' } as const;
    const comes = async (entity: Weight) => {
      window.bridge.emit({ type: 'entity', document: { kind: 'weight', entity }, permits: null, cause });
      await settle();
    };
    await comes(weight(0, 82));
    expect(asked()).toBe(2);
    await comes({ ...weight(0, 60), id: 'w-x', athlete_id: 'u-other' });
    expect(asked()).toBe(2);
    const entity = { kind: 'weight', id: weight(0, 82).id } as const;
    window.bridge.emit({ type: 'gone', entity, cause: { ...cause, event: 'weight-removed' } });
    await settle();
    expect(asked()).toBe(3);
  });

  it('is read anew with everything else: what happened before that came by no event', async () => {
    const window = await athletePage(progress(three));
    const again = view(TRAINER, [session('active', [out])], jonas);
    window.bridge.answers.athlete_stats = () => year();
    window.bridge.emit({ type: 'view', view: again });
    await settle();
    expect(window.asked('athlete_stats')).toHaveLength(2);
    expect(window.has('month-bests')).toBe(true);
    window.bridge.emit({ type: 'view', view: { ...again, loaded: false } });
    await settle();
    expect(window.asked('athlete_stats')).toHaveLength(2);
  });

  it('does not follow the sessions of others', async () => {
    const window = await athletePage();
    const other = { id: 'u-other', name: 'Alva' };
    await window.deliver(session('active', [], { id: 'x-2', athlete: other }), 'session-joined');
    expect(window.asked('athlete_stats')).toHaveLength(1);
  });

  it('stays as it was read when the network is gone, says so, and comes back with it', async () => {
    const window = await athletePage(progress(three));
    window.bridge.answers.athlete_stats = () => Promise.reject(failure('unreachable'));
    await window.deliver(session('active', [out], { version: 2 }), 'exercise-logged', out.id);
    expect(window.has('stale')).toBe(true);
    expect(plain(part('chart-e1rm', 'chart-caption').textContent)).toContain('126 kg');
    window.bridge.answers.athlete_stats = () => three;
    const link = (state: 'offline' | 'live') =>
      window.bridge.emit({ type: 'link', link: { state, waiting: 0, reason: null }, clock_offset_ms: 0 });
    link('offline');
    await settle();
    link('live');
    await settle();
    expect(window.has('stale')).toBe(false);
  });

  it('says offline that it needs the network', async () => {
    const window = await athletePage({
      ...past(),
      athlete_stats: () => Promise.reject(failure('unreachable')),
    });
    expect(window.find('failure').dataset['code']).toBe('unreachable');
    window.bridge.answers = progress();
    await window.click('retry-progress');
    expect(window.has('chart-e1rm')).toBe(true);
  });

  it('says of nothing what will be there', async () => {
    const window = await athletePage(progress(NO_STATS));
    expect(window.find('progress').textContent).toContain('Noch keine Zahlen.');
    expect(document.querySelector('figure')).toBeNull();
  });

  it('is about the exercise and the period that are chosen', async () => {
    const window = await athletePage();
    await select(window, 'progress-exercise', 'e-bankdrücken');
    expect(plain(part('chart-e1rm', 'chart-caption').textContent)).toMatch(/^Bankdrücken:/);
    const before = Number(cursor('chart-e1rm').getAttribute('aria-valuemax'));
    await select(window, 'progress-period', 'all');
    expect(Number(cursor('chart-e1rm').getAttribute('aria-valuemax'))).toBeGreaterThan(before);
    await window.click('tab-sessions');
    await window.click('tab-progress');
    expect((window.find('progress-period') as HTMLSelectElement).value).toBe('all');
  });

  it('leads from a best to its session, and back to it', async () => {
    const window = await athletePage();
    await window.click('best-session');
    expect(window.find('session-detail').dataset['session']).toBe(PAST.id);
    await window.click('close-session');
    expect((document.activeElement as HTMLElement).dataset['testid']).toBe('best-session');
  });

  it.each([
    ['a trainer', () => athletePage()],
    ['an athlete', ownHistory],
  ])('is printed by %s, who is told where that can’t be done', async (_, page) => {
    const window = await page();
    const print = vi.spyOn(globalThis.window, 'print').mockImplementation(() => undefined);
    await window.click('print-progress');
    expect(print).toHaveBeenCalledOnce();
    expect(window.has('notice')).toBe(false);
    print.mockImplementation(() => {
      throw new Error('not allowed');
    });
    await window.click('print-progress');
    expect(window.find('notice').textContent).toContain('Drucken ging hier nicht.');
  });

  it.each([
    ['a trainer', () => athletePage()],
    ['an athlete', ownHistory],
  ])('is not printed by %s on a shared screen', async (_, page) => {
    const window = await page();
    window.bridge.emit({ type: 'kiosk', kiosk: kiosk({ foreground: view(TRAINER).profile }) });
    await settle();
    expect(window.has('progress')).toBe(true);
    expect(window.has('print-progress')).toBe(false);
  });

  it('says the bests of this month in the head of the page', async () => {
    const window = await athletePage(progress(), 'tab-sessions');
    expect(plain(window.find('month-bests').textContent)).toMatch(
      /^Bestwerte im \p{L}+: Kniebeuge 126 kg × 3, Klimmzug 14 Wdh\.$/u,
    );
  });

  it('is in the history of the athlete, asked for when it is looked at', async () => {
    const window = await open(view(ATHLETE, [PAST]), progress());
    await window.click('open-history');
    expect(window.asked('athlete_stats')).toEqual([]);
    await window.click('tab-progress');
    expect(window.asked('athlete_stats')[0]?.athlete_id).toBe(ATHLETE.id);
    expect(window.has('chart-e1rm')).toBe(true);
  });
});

describe('a chart', () => {
  it('has a cursor that goes from value to value by arrow keys', async () => {
    await athletePage(progress(three));
    const slider = cursor('chart-e1rm');
    expect(slider.getAttribute('role')).toBe('slider');
    expect(spoken('chart-e1rm')).toContain('126 kg (aus 112 kg × 5)');
    await press(slider, 'ArrowLeft');
    expect(spoken('chart-e1rm')).toContain('116,5 kg (aus 110 kg × 3)');
    await press(slider, 'Home');
    expect(spoken('chart-e1rm')).toContain('112,5 kg');
    expect(slider.getAttribute('aria-valuenow')).toBe('1');
    await press(slider, 'ArrowLeft');
    expect(slider.getAttribute('aria-valuenow')).toBe('1');
    await press(slider, 'End');
    expect(spoken('chart-e1rm')).toContain('126 kg');
  });

  it('writes at the cursor what it says', async () => {
    await athletePage(progress(three));
    await press(cursor('chart-e1rm'), 'ArrowLeft');
    expect(plain(part('chart-e1rm', 'chart-readout').textContent)).toBe(spoken('chart-e1rm'));
  });

  it('is a table of the same numbers, one key away', async () => {
    await athletePage(progress(three));
    await press(cursor('chart-e1rm'), 't');
    const rows = [...document.querySelectorAll('[data-testid="chart-e1rm"] tbody tr')];
    const cells = rows.map((row) => [...row.children].slice(1).map(({ textContent }) => plain(textContent)));
    expect(cells).toEqual([
      ['112,5 kg', '100 kg × 5'],
      ['116,5 kg', '110 kg × 3'],
      ['126 kg', '112 kg × 5'],
    ]);
    expect(document.querySelectorAll('[data-testid="chart-e1rm"] thead th[scope="col"]')).toHaveLength(3);
    const button = part('chart-e1rm', 'chart-table');
    expect(button.getAttribute('aria-pressed')).toBe('true');
    await press(button, 't');
    expect(document.querySelector('[data-testid="chart-e1rm"] table')).toBeNull();
  });

  it('leaves the letter alone for whoever wants no single keys', async () => {
    const window = await athletePage(progress(three));
    window.app.settings.singleKeys = false;
    await press(cursor('chart-e1rm'), 't');
    expect(document.querySelector('[data-testid="chart-e1rm"] table')).toBeNull();
  });

  it('writes the last value at its end, and needs no legend', async () => {
    await athletePage(progress(three));
    const ends = document.querySelector('[data-testid="chart-e1rm"] .ends');
    expect(plain(ends?.textContent ?? '')).toBe('126 kg');
  });

  it('tells planned from felt by shape as well as by colour', async () => {
    await athletePage();
    const marks = [...document.querySelectorAll('[data-testid="chart-effort"] path.square, path.round')];
    expect(marks.some((path) => path.classList.contains('square'))).toBe(true);
    expect(marks.some((path) => path.classList.contains('round'))).toBe(true);
    expect(document.querySelector('[data-testid="chart-effort"] .ends')?.textContent).toMatch(/■.*●|●.*■/);
  });

  it('of muscles has a cursor that goes down from the most, and a table of all', async () => {
    await athletePage();
    expect(spoken('chart-muscles')).toMatch(/^Oberschenkel vorn: \d+ Sätze · /);
    await press(cursor('chart-muscles'), 'ArrowDown');
    expect(spoken('chart-muscles')).toMatch(/^Gesäß: /);
    expect(plain(part('chart-muscles', 'chart-readout').textContent)).toBe(spoken('chart-muscles'));
    await press(cursor('chart-muscles'), 'End');
    expect(spoken('chart-muscles')).toMatch(/^Oberschenkel vorn: /);
    expect(plain(document.querySelector('[data-testid="chart-muscles"]')?.textContent ?? '')).toContain(
      'und 1 weiterer in der Tabelle',
    );
    await press(cursor('chart-muscles'), 't');
    expect(document.querySelectorAll('[data-testid="chart-muscles"] tbody tr')).toHaveLength(11);
  });

  it('of the training load says in which week no effort is known', async () => {
    await athletePage();
    const slider = cursor('chart-load');
    for (let week = 0; week < 5; week++) await press(slider, 'ArrowLeft');
    expect(spoken('chart-load')).toMatch(/: Anstrengung unbekannt$/);
  });

  it('of pain goes from week to week, and says where it hurt', async () => {
    await athletePage();
    expect(spoken('chart-pain')).toContain('kein Schmerz');
    await press(cursor('chart-pain'), 'ArrowLeft');
    expect(spoken('chart-pain')).toContain('Nacken und Schultern 1 ×');
  });

  it('has no style attribute in its markup, which the policy would refuse', async () => {
    const { readdirSync, readFileSync } = await import('node:fs');
    const folder = 'src/components/charts';
    const files = readdirSync(folder).filter((name) => name.endsWith('.svelte'));
    for (const file of files) expect(readFileSync(`${folder}/${file}`, 'utf8')).not.toMatch(/\sstyle="/);
  });
});

it('b33 year of scenes is what the server could say', () => {
  for (const series of year().e1rm) {
    const times = series.points.map(({ at }) => Date.parse(at));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  }
});

import { describe, expect, it } from 'vitest';

import { StoredMap } from '../src/state/stored-map.svelte';
import { FeedbackForm, type FeedbackEntry } from '../src/state/feedback';
import { LIMITS } from '../src/bridge/generated';
import { asStoredEntries, RoundEntries } from '../src/state/round-entries';
import { item, LIBRARY, NOTHING, round } from '../dev/fixtures';
import { memoryStore } from './memory-store';

const [bench, squat] = LIBRARY as [(typeof LIBRARY)[0], (typeof LIBRARY)[0]];

function form(): FeedbackForm {
  let entry: FeedbackEntry | undefined;
  return new FeedbackForm(
    () => entry,
    (changed) => (entry = changed),
  );
}

describe('feedback for an exercise', () => {
  it('has no preset: effort and pain are required, a note is not', () => {
    expect(form().missing).toEqual(['effort', 'pain']);
    expect(form().report('i-1')).toBeNull();
  });

  it('takes 0 as easily as 7', () => {
    const feedback = form();
    feedback.effort = 0;
    feedback.pain = false;
    expect(feedback.missing).toEqual([]);
    expect(feedback.report('i-1')).toEqual({
      id: 'i-1',
      effort: 0,
      pain: false,
      pain_regions: [],
      note: null,
      actual: null,
    });
  });

  it('requires a region with pain, and clears the regions without', () => {
    const feedback = form();
    feedback.effort = 5;
    feedback.pain = true;
    expect(feedback.missing).toEqual(['regions']);
    feedback.toggle('left_knee');
    feedback.toggle('lower_back');
    feedback.toggle('left_knee');
    expect(feedback.regions).toEqual(['lower_back']);
    expect(feedback.missing).toEqual([]);
    feedback.pain = false;
    expect(feedback.regions).toEqual([]);
  });

  it.each(['💪', 'e\u0301', '👍🏽'])(
    'counts a note as people and the server do: %s is one character',
    (character) => {
      const feedback = form();
      feedback.note = character.repeat(LIMITS.note_chars);
      expect(feedback.missing).not.toContain('note-too-long');
      feedback.note += 'x';
      expect(feedback.missing).toContain('note-too-long');
    },
  );

  it('sends a note without the white space around it', () => {
    const feedback = form();
    feedback.effort = 3;
    feedback.pain = false;
    feedback.note = '  gut \n';
    expect(feedback.report('i-1')?.note).toBe('gut');
  });
});

describe('the entries of a round', () => {
  const plan = () => [
    item('i-1', bench, { weight_kg: 80, reps: 8, effort: 7 }),
    item('i-2', squat, { reps: 5 }),
  ];
  const kept = (store = memoryStore()) => new StoredMap(store, 'entries.', asStoredEntries);

  it('start with the plan, keep what was typed, and follow a changed plan elsewhere', () => {
    const entries = new RoundEntries(round(1, 'active', plan()), kept());
    const [first = item('', bench, {})] = plan();
    expect(entries.values(first)).toEqual({ ...NOTHING, weight_kg: 80, reps: 8 });
    entries.enter('i-1', { reps: '6' });
    const edited = item('i-1', bench, { weight_kg: 85, reps: 10 });
    expect(entries.values(edited)).toEqual({ ...NOTHING, weight_kg: 85, reps: 6 });
  });

  it('show the first exercise that is not done, unless another one was chosen', () => {
    const entries = new RoundEntries(round(1, 'active', plan()), kept());
    const [first, second] = plan();
    const half = round(1, 'active', [
      { ...(first ?? item('', bench, {})), actual: NOTHING },
      second ?? item('', squat, {}),
    ]);
    expect(entries.current(half)?.id).toBe('i-2');
    entries.goTo('i-1');
    expect(entries.current(half)?.id).toBe('i-1');
  });

  it('keep the feedback for an exercise that the trainer removes', () => {
    const entries = new RoundEntries(round(1, 'active', plan()), kept());
    entries.form('i-1').note = 'halb getippt';
    entries.goTo('i-1');
    const without = round(1, 'active', plan().slice(1));
    expect(entries.current(without)?.id).toBe('i-2');
    expect(entries.form('i-1').note).toBe('halb getippt');
  });

  it('survive a reload of the window', () => {
    const store = memoryStore();
    const before = new RoundEntries(round(1, 'active', plan()), kept(store));
    before.stage = 'feedback';
    before.form('i-1').effort = 0;
    before.form('i-2').note = 'Knie zwickt';
    const after = new RoundEntries(round(1, 'active', plan()), kept(store));
    expect(after.stage).toBe('feedback');
    expect(after.form('i-1').effort).toBe(0);
    expect(after.form('i-2').note).toBe('Knie zwickt');
  });

  it('make one report for each exercise, and none while something is missing', () => {
    const entries = new RoundEntries(round(1, 'active', plan()), kept());
    entries.form('i-1').effort = 4;
    entries.form('i-1').pain = false;
    expect(entries.reports(round(1, 'active', plan()), false)).toBeNull();
    entries.form('i-2').effort = 10;
    entries.form('i-2').pain = false;
    const reports = entries.reports(round(1, 'active', plan()), false);
    expect(reports?.map(({ id, actual }) => [id, actual])).toEqual([
      ['i-1', null],
      ['i-2', null],
    ]);
  });

  it('report an exercise that is not ticked off as done only when the athlete says so', () => {
    const entries = new RoundEntries(round(1, 'active', plan()), kept());
    for (const id of ['i-1', 'i-2']) {
      entries.form(id).effort = 4;
      entries.form(id).pain = false;
    }
    entries.enter('i-2', { reps: '0' });
    const now = round(1, 'active', plan());
    expect(entries.unticked(now).map(({ id }) => id)).toEqual(['i-1']);
    expect(entries.reports(now, false)?.map(({ actual }) => actual)).toEqual([null, { ...NOTHING, reps: 0 }]);
    expect(entries.reports(now, true)?.[0]?.actual).toEqual({ ...NOTHING, weight_kg: 80, reps: 8 });
  });

  it('make no report while a value can’t be read', () => {
    const entries = new RoundEntries(round(1, 'active', plan()), kept());
    for (const id of ['i-1', 'i-2']) {
      entries.form(id).effort = 4;
      entries.form(id).pain = false;
    }
    entries.enter('i-1', { weight_kg: '77,' });
    const now = round(1, 'active', plan());
    expect(entries.unreadable(now)?.id).toBe('i-1');
    expect(entries.reports(now, true)).toBeNull();
  });

  it('of another shape are ignored', () => {
    const entries = new RoundEntries(
      round(1, 'active', plan()),
      kept(memoryStore({ 'entries.r-1': { stage: 7 } })),
    );
    expect(entries.stage).toBe('training');
  });
});

/** What is older than what the core keeps: read page by page, never twice at once, and never half. */
import { describe, expect, it } from 'vitest';

import { OlderPages } from '../src/state/older-pages.svelte';
import { failure } from '../dev/scripted';

interface Item {
  id: string;
  text: string;
}

/** A server with these pages of one entity each. Each answer comes when the test says so. */
function server(...ids: string[]) {
  const asked: (string | null)[] = [];
  const texts: Record<string, string> = {};
  let waiting: (() => void)[] = [];
  let isGone = false;
  const older = new OlderPages<Item>(
    (after) =>
      new Promise((resolve, reject) => {
        asked.push(after);
        const place = after === 'known' ? 0 : ids.indexOf(after ?? '') + 1;
        const id = ids[place] ?? '';
        waiting.push(() => {
          const items = [{ id, text: texts[id] ?? id }];
          if (isGone) reject(failure('unreachable') as never);
          else resolve({ items, next: place + 1 < ids.length ? id : null });
        });
      }),
    () => 'known',
  );
  const answer = async () => {
    const [first, ...others] = waiting;
    waiting = others;
    first?.();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return {
    older,
    asked,
    answer,
    change: (id: string, text: string) => (texts[id] = text),
    goes: (gone: boolean) => (isGone = gone),
  };
}

const texts = ({ items }: OlderPages<Item>) => items.map(({ text }) => text);

describe('older pages', () => {
  it('are read one after the other, as they are asked for', async () => {
    const { older, asked, answer } = server('a', 'b');
    expect(older.isUnread).toBe(true);
    void older.refresh();
    await answer();
    expect([texts(older), older.hasMore, older.isWhole]).toEqual([['a'], true, false]);
    void older.more();
    void older.more();
    await answer();
    expect([texts(older), older.hasMore, older.isWhole]).toEqual([['a', 'b'], false, true]);
    expect(asked).toEqual(['known', 'a']);
  });

  it('are as many as before when they are read again', async () => {
    const { older, asked, answer, change } = server('a', 'b', 'c');
    void older.refresh();
    await answer();
    void older.more();
    await answer();
    change('a', 'A');
    void older.refresh();
    await answer();
    expect(texts(older)).toEqual(['a', 'b']);
    await answer();
    expect(texts(older)).toEqual(['A', 'b']);
    expect(asked).toEqual(['known', 'a', 'known', 'a']);
  });

  it('are read again after an answer that may not know what happened', async () => {
    const { older, asked, answer } = server('a', 'b');
    void older.refresh();
    void older.refresh();
    older.drop('a');
    await answer();
    await answer();
    expect([asked, older.isAsking]).toEqual([['known', 'known'], false]);
  });

  it('stay as they were where nobody answers, and are read from the start when somebody does', async () => {
    const { older, asked, answer, goes } = server('a', 'b', 'c');
    void older.refresh();
    await answer();
    goes(true);
    void older.more();
    await answer();
    expect([texts(older), older.failure?.code, older.hasMore, older.wasAsked]).toEqual([
      ['a'],
      'unreachable',
      true,
      true,
    ]);
    goes(false);
    older.resume();
    await answer();
    expect([texts(older), older.failure, older.wasAsked]).toEqual([['a'], null, false]);
    expect(asked).toEqual(['known', 'a', 'known']);
  });
});

/** What the build counts as the start of a part. */
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { chartsSize, sizes, type Asset, type Chunk } from '../budget.config';
import { textsIn, textsName } from '../chunks.config';

function chunk(fileName: string, imports: string[], more: Partial<Chunk> = {}): Chunk {
  const name = fileName.replace('.js', '');
  return { name, fileName, imports, isEntry: false, facadeModuleId: null, code: `//${fileName}`, ...more };
}

const VIEWS = {
  SignIn: chunk('SignIn.js', ['index.js'], { facadeModuleId: '/ui/src/views/SignIn.svelte' }),
  Trainer: chunk('Trainer.js', ['index.js', 'both.js'], {
    facadeModuleId: 'C:\\ui\\src\\views\\trainer\\TrainerView.svelte',
  }),
  Athlete: chunk('Athlete.js', ['both.js'], { facadeModuleId: '/ui/src/views/athlete/AthleteView.svelte' }),
  Kiosk: chunk('Kiosk.js', [], { facadeModuleId: '/ui/src/views/kiosk/Kiosk.svelte' }),
};
const CHUNKS = [
  chunk('index.js', ['runtime.js'], { isEntry: true }),
  chunk('runtime.js', []),
  chunk('both.js', ['words.js']),
  // In a circle: each is counted once all the same.
  chunk('words.js', ['both.js', 'runtime.js']),
  chunk('Settings.js', ['index.js'], { code: randomBytes(9_000).toString('hex') }),
  ...Object.values(VIEWS),
];

// What shows charts is opened later, and shares some of what they need.
const PLACES = [
  chunk('Athletes.js', ['later.js'], { facadeModuleId: '/ui/src/views/athletes/AthletesView.svelte' }),
  chunk('History.js', ['later.js'], { facadeModuleId: '/ui/src/views/history/HistoryView.svelte' }),
  chunk('Weight.js', [], { facadeModuleId: '/ui/src/views/weight/WeightView.svelte' }),
];
const CHARTS = chunk('charts.js', ['later.js', 'plot.js', 'both.js', 'index.js'], {
  facadeModuleId: 'C:\\ui\\src\\components\\charts\\charts.ts',
});
const DRAWN = [
  ...CHUNKS,
  ...PLACES,
  CHARTS,
  chunk('later.js', ['runtime.js'], { code: randomBytes(300).toString('hex') }),
  chunk('plot.js', [], { code: randomBytes(200).toString('hex') }),
];

/** A file of texts, `length` bytes large when it is compressed as well. */
function texts(chunk: string, locale: string, length: number): Asset {
  const fileName = `assets/${textsName(chunk, '12345678')}.${locale}.js`;
  return { fileName, source: randomBytes(length) };
}

// The entry needs most in German, the athlete's window in Portuguese, and both together in Portuguese.
const ASSETS = [
  { fileName: 'assets/style.css', source: randomBytes(9_000) },
  texts('index', 'de', 900),
  texts('index', 'pt', 800),
  texts('Athlete', 'de', 200),
  texts('Athlete', 'pt', 500),
  texts('Settings', 'de', 9_000),
  texts('charts', 'de', 300),
  texts('charts', 'pt', 400),
];

/** How large these are together. */
function together(...names: string[]): number {
  const files = [
    ...DRAWN.map(({ fileName, code }) => [fileName, code] as const),
    ...ASSETS.map(({ fileName, source }) => [fileName, source] as const),
  ];
  const counted = files.filter(([fileName]) => names.includes(fileName));
  expect(counted).toHaveLength(names.length);
  return counted.reduce((sum, [, content]) => sum + gzipSync(content).length, 0);
}

describe('a start', () => {
  it('counts the entry, the chunk of the part, and what these import, each once', () => {
    expect(Object.fromEntries(sizes(CHUNKS, []))).toEqual({
      'sign-in': together('index.js', 'runtime.js', 'SignIn.js'),
      trainer: together('index.js', 'runtime.js', 'Trainer.js', 'both.js', 'words.js'),
      athlete: together('index.js', 'runtime.js', 'Athlete.js', 'both.js', 'words.js'),
      kiosk: together('index.js', 'runtime.js', 'Kiosk.js'),
    });
  });

  it('counts the texts of these in one language, the one that has most', () => {
    const german = `assets/${textsName('index', '12345678')}.de.js`;
    const portuguese = ['index', 'Athlete'].map((chunk) => `assets/${textsName(chunk, '12345678')}.pt.js`);
    expect(Object.fromEntries(sizes(CHUNKS, ASSETS))).toEqual({
      'sign-in': together('index.js', 'runtime.js', 'SignIn.js', german),
      trainer: together('index.js', 'runtime.js', 'Trainer.js', 'both.js', 'words.js', german),
      athlete: together('index.js', 'runtime.js', 'Athlete.js', 'both.js', 'words.js', ...portuguese),
      kiosk: together('index.js', 'runtime.js', 'Kiosk.js', german),
    });
  });

  it('needs a chunk of its own for every part', () => {
    const chunks = CHUNKS.filter((chunk) => chunk !== VIEWS.Trainer);
    expect(() => sizes(chunks, [])).toThrow('trainer: src/views/trainer/TrainerView.svelte');
  });
});

describe('charts', () => {
  it('count what neither the start nor any place that shows one has loaded before', () => {
    // The place of weights has nothing that is shared with them.
    expect(chartsSize(DRAWN, [])).toBe(together('charts.js', 'plot.js', 'later.js'));
    const shared = DRAWN.map((chunk) =>
      chunk.name === 'Weight' ? { ...chunk, imports: ['later.js'] } : chunk,
    );
    expect(chartsSize(shared, [])).toBe(together('charts.js', 'plot.js'));
  });

  it('count their texts in the language that has most', () => {
    const portuguese = `assets/${textsName('charts', '12345678')}.pt.js`;
    const without = chartsSize(DRAWN, []);
    expect(chartsSize(DRAWN, ASSETS)).toBe(without + together(portuguese));
  });

  it('are a chunk of their own', () => {
    const chunks = DRAWN.filter((chunk) => chunk !== CHARTS);
    expect(() => chartsSize(chunks, [])).toThrow('charts: src/components/charts/charts.ts');
  });
});

describe('a file of texts', () => {
  it('is known by its name', () => {
    const name = textsName('LibraryView', 'a-b_c-12');
    expect(textsIn(`assets/${name}.pt.js`)).toEqual({ chunk: 'LibraryView', locale: 'pt' });
    for (const other of ['assets/index-12345678.js', 'assets/style-12345678.css', `${name}.js`])
      expect(textsIn(other)).toBeNull();
  });
});

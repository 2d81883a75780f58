/** What the build counts as the start of a part. */
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { sizes, type Chunk } from '../budget.config';

function chunk(fileName: string, imports: string[], more: Partial<Chunk> = {}): Chunk {
  return { fileName, imports, isEntry: false, facadeModuleId: null, code: `//${fileName}`, ...more };
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

/** How large these are together. */
function together(...names: string[]): number {
  const counted = CHUNKS.filter(({ fileName }) => names.includes(fileName));
  expect(counted).toHaveLength(names.length);
  return counted.reduce((sum, { code }) => sum + gzipSync(code).length, 0);
}

describe('a start', () => {
  it('counts the entry, the chunk of the part, and what these import, each once', () => {
    expect(Object.fromEntries(sizes(CHUNKS))).toEqual({
      'sign-in': together('index.js', 'runtime.js', 'SignIn.js'),
      trainer: together('index.js', 'runtime.js', 'Trainer.js', 'both.js', 'words.js'),
      athlete: together('index.js', 'runtime.js', 'Athlete.js', 'both.js', 'words.js'),
      kiosk: together('index.js', 'runtime.js', 'Kiosk.js'),
    });
  });

  it('needs a chunk of its own for every part', () => {
    const chunks = CHUNKS.filter((chunk) => chunk !== VIEWS.Trainer);
    expect(() => sizes(chunks)).toThrow('trainer: src/views/trainer/TrainerView.svelte');
  });
});

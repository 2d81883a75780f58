// @vitest-environment node
/** What a build makes of the messages: chunks without texts, and a file of texts for each chunk and language. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { build, parseAst } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { textsIn } from '../chunks.config';
import { locales, messages } from '../messages.config';
import { textsOf } from '../text-sources.config';
import { texts } from '../texts.config';

const source = (path: string) => JSON.stringify(resolve(path));

/** Says things in German, and in Portuguese after a change, and prints them. */
const MAIN = `
  import { m } from ${source('src/paraglide/messages.js')};
  import { overwriteGetLocale } from ${source('src/paraglide/runtime.js')};
  import { texts } from ${source('src/words/texts.ts')};

  let language = 'de';
  overwriteGetLocale(() => language);
  async function speak(next) {
    texts.languages = [next];
    await texts.load();
    language = next;
  }
  async function run() {
    await speak('de');
    const said = [m.act_back()];
    const { later } = await import('./later.js');
    said.push(...later());
    await speak('pt');
    said.push(m.act_back(), ...later());
    const { evenLater } = await import('./even-later.js');
    said.push(...evenLater());
    console.log(JSON.stringify(said));
  }
  void run();
`;
const LATER = `
  import { m } from ${source('src/paraglide/messages.js')};
  export const later = () => [m.act_back(), m.completed_rounds({ count: 1 }), m.completed_rounds({ count: 2 })];
  export const latest = async () => (await import('./even-later.js')).evenLater();
`;
const EVEN_LATER = `
  import { m } from ${source('src/paraglide/messages.js')};
  import { later } from './later.js';
  export const evenLater = () => [...later(), m.act_close()];
`;

const catalogue = (locale: string) =>
  JSON.parse(readFileSync(`messages/${locale}.json`, 'utf8')) as Record<string, string>;
const [de, pt] = [catalogue('de'), catalogue('pt')];

let directory = '';
/** The files of the bundle. */
let files: ReadonlyMap<string, string>;

async function bundle(): Promise<Map<string, string>> {
  await build({
    configFile: false,
    root: directory,
    base: './',
    logLevel: 'silent',
    plugins: [texts(messages.outdir, locales)],
    build: {
      target: 'esnext',
      modulePreload: false,
      rolldownOptions: { input: join(directory, 'main.js') },
    },
  });
  const assets = join(directory, 'dist/assets');
  return new Map(readdirSync(assets).map((name) => [name, readFileSync(join(assets, name), 'utf8')]));
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'texts-'));
  const sources = { 'main.js': MAIN, 'later.js': LATER, 'even-later.js': EVEN_LATER };
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(directory, name), text);
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  files = await bundle();
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** The files of texts that have this in them, by chunk and language. */
function saying(text: string): string[] {
  const found = [...files].filter(([, content]) => content.includes(text)).map(([name]) => textsIn(name));
  return found.map((of) => (of ? `${of.chunk} ${of.locale}` : 'a chunk'));
}

describe('a bundle', () => {
  it('has the texts of its entry in files of their own, and in no chunk', () => {
    expect(saying('Zurück')).toEqual(['main de']);
    expect(saying('Voltar')).toEqual(['main pt']);
  });

  it('has what else an import needs beside it', () => {
    // even-later imports later: where later is not loaded, its texts come with those of even-later.
    expect(saying('Runden')).toEqual(['even-later de', 'later de']);
    expect(saying('rounds')).toEqual(['even-later en', 'later en']);
    expect(saying(de['act_close'] ?? '')).toEqual(['even-later de', 'even-later de']);
  });

  it('has no text that nothing says', () => {
    expect(saying(de['act_undo'] ?? '')).toEqual([]);
  });

  it('says what the catalogue says, in the language that is loaded', () => {
    const entry = [...files.keys()].find((name) => name.startsWith('main-')) ?? '';
    const printed = execFileSync(process.execPath, [join(directory, 'dist/assets', entry)], {
      encoding: 'utf8',
    });
    const inGerman = [de['act_back'], 'Runde', 'Runden'];
    const inPortuguese = [pt['act_back'], 'rodada', 'rodadas'];
    expect(JSON.parse(printed)).toEqual([
      de['act_back'],
      ...inGerman,
      pt['act_back'],
      ...inPortuguese,
      ...inPortuguese,
      pt['act_close'],
    ]);
  });

  it('is the same each time', async () => {
    expect(await bundle()).toEqual(files);
  });
});

describe('a message that is not as paraglide writes it', () => {
  const read = (code: string) => textsOf('hello', ['de', 'en'], code, parseAst(code));

  it('is read, if it is', () => {
    const code = 'const de_hello = () => `Hallo`;\nconst en_hello = (i) => `Hello ${i?.name}`;';
    expect([...read(code)]).toEqual([
      ['de', '() => `Hallo`'],
      ['en', '(i) => `Hello ${i?.name}`'],
    ]);
  });

  it('fails the build: a language without a text of its own', () => {
    expect(() => read('const de_hello = () => `Hallo`;')).toThrow('no function en_hello');
    expect(() => read('const de_hello = () => `Hallo`; const en_hello = de_hello;')).toThrow('en_hello');
  });

  it('fails the build: a text that needs what it does not get', () => {
    const dated = 'const de_hello = (i) => registry.datetime("de", i.at); const en_hello = de_hello;';
    expect(() => read(dated)).toThrow('hello needs datetime');
  });
});

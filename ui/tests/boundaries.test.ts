/** Who may import whom, and what the content security policy would refuse. */
import { dirname, join, normalize } from 'node:path';

import { parseSync, Visitor } from 'vite';
import { describe, expect, it } from 'vitest';

import { sources } from './sources';

/** Lower tiers first; a file imports its own tier and those before it. `trainer` holds the planner's pure rules. */
const TIERS = ['paraglide', 'bridge', 'words', 'trainer', 'state', 'components', 'views'];

function tier(path: string): number {
  return TIERS.indexOf(path.split('/')[0] ?? '');
}

/** The messages that a module says while it is loaded, and not when one of its functions is called. */
function saidAtOnce(path: string, text: string): string[] {
  const said: string[] = [];
  let functions = 0;
  const enter = () => (functions += 1);
  const leave = () => (functions -= 1);
  new Visitor({
    FunctionDeclaration: enter,
    'FunctionDeclaration:exit': leave,
    FunctionExpression: enter,
    'FunctionExpression:exit': leave,
    ArrowFunctionExpression: enter,
    'ArrowFunctionExpression:exit': leave,
    PropertyDefinition: enter,
    'PropertyDefinition:exit': leave,
    CallExpression({ callee, start, end }) {
      if (functions > 0 || callee.type !== 'MemberExpression') return;
      if (callee.object.type === 'Identifier' && callee.object.name === 'm')
        said.push(`${path}: ${text.slice(start, end)}`);
    },
  }).visit(parseSync(path, text).program);
  return said;
}

/** What a file imports, also later, when it is wanted. */
function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:from|import)[\s(]+'([^']+)'/g)].map((match) => match[1] ?? '');
}

describe('the windows', () => {
  it('know the host in one file only', () => {
    const knowing = sources().filter(({ text }) =>
      importsOf(text).some((name) => name.startsWith('@tauri-apps')),
    );
    expect(knowing.map(({ path }) => path)).toEqual(['bridge/tauri.ts']);
  });

  it('import downwards only', () => {
    const upwards = sources()
      .filter(({ path }) => tier(path) >= 0)
      .flatMap(({ path, text }) =>
        importsOf(text)
          .filter((name) => name.startsWith('.') && !name.endsWith('.json'))
          .map((name) => normalize(join(dirname(path), name)))
          .filter((imported) => tier(imported) > tier(path) || tier(imported) < 0)
          .map((imported) => `${path} imports ${imported}`),
      );
    expect(upwards).toEqual([]);
  });

  it('have no circular imports', () => {
    const files = new Map(sources().map(({ path, text }) => [path, importsOf(text)]));
    const imported = (path: string) =>
      (files.get(path) ?? [])
        .map((name) => normalize(join(dirname(path), name)))
        .map((name) => [name, `${name}.ts`, `${name}.svelte.ts`].find((file) => files.has(file)))
        .filter((file) => file !== undefined);
    /** Everything a file imports, directly or not. */
    const reached = (path: string, seen = new Set<string>()): Set<string> => {
      for (const file of imported(path).filter((file) => !seen.has(file))) reached(file, seen.add(file));
      return seen;
    };
    expect([...files.keys()].filter((path) => reached(path).has(path))).toEqual([]);
  });

  // A build loads the texts beside the modules (`texts.config.ts`), and a language that is changed to is not heard of.
  it('say nothing before their texts are there', () => {
    expect(
      saidAtOnce('words.ts', 'const a = m.title(); const b = () => m.title(); class C { d = m.title() }'),
    ).toEqual(['words.ts: m.title()']);
    const modules = sources().filter(({ path }) => path.endsWith('.ts'));
    expect(modules.flatMap(({ path, text }) => saidAtOnce(path, text))).toEqual([]);
  });

  it('reach the product’s bridge from main.ts alone', () => {
    const reaching = sources().filter(({ text }) =>
      importsOf(text).some((name) => name.endsWith('bridge/tauri')),
    );
    expect(reaching.map(({ path }) => path)).toEqual(['main.ts']);
  });

  it('have no style attributes, which the content security policy refuses', () => {
    const styled = sources().filter(({ path, text }) => path.endsWith('.svelte') && /\sstyle=/.test(text));
    expect(styled.map(({ path }) => path)).toEqual([]);
  });

  it('write nothing to the console', () => {
    expect(
      sources()
        .filter(({ text }) => /\bconsole\./.test(text))
        .map(({ path }) => path),
    ).toEqual([]);
  });
});

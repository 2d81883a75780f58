import { fileURLToPath } from 'node:url';

import { minify, normalizePath, Visitor, type ESTree } from 'vite';

/** Loads the texts. What is written into message functions and around imports calls it. */
const RUNTIME = JSON.stringify(
  normalizePath(fileURLToPath(new URL('./src/words/texts.ts', import.meta.url))),
);
/** What it hands to the texts, of what paraglide writes beside them. */
const HANDED = ['plural'];

/** The functions that say a message, by language. */
export type Texts = ReadonlyMap<string, string>;

interface Import {
  start: number;
  end: number;
  specifier: string;
}

/** The texts in a module that paraglide wrote for the message `key`: `const de_key = …`, and so on. */
export function textsOf(
  key: string,
  locales: readonly string[],
  code: string,
  program: ESTree.Program,
): Texts {
  const functions = new Map<string, string>();
  new Visitor({
    VariableDeclarator({ id, init }) {
      if (id.type === 'Identifier' && init?.type === 'ArrowFunctionExpression')
        functions.set(id.name, code.slice(init.start, init.end));
    },
    MemberExpression({ object, property }) {
      if (object.type !== 'Identifier' || object.name !== 'registry' || property.type !== 'Identifier')
        return;
      if (!HANDED.includes(property.name))
        throw new Error(`${key} needs ${property.name}, which src/words/texts.ts does not hand over`);
    },
  }).visit(program);
  const texts = locales.map((locale) => {
    const text = functions.get(`${locale}_${key}`);
    if (text === undefined) throw new Error(`paraglide wrote no function ${locale}_${key}`);
    return [locale, text] as const;
  });
  return new Map(texts);
}

/** A module with a message function that holds no text. */
export function lookup(key: string, number: number): string {
  return `import { message } from ${RUNTIME};
export const ${key} = /* @__PURE__ */ message(${String(number)});`;
}

/** A file of texts in one language, by the numbers of the messages. */
export async function textFile(messages: ReadonlyMap<number, Texts>, locale: string): Promise<string> {
  const texts = [...messages].map(([number, texts]) => `${String(number)}: ${texts.get(locale) ?? ''}`);
  const source = `export default (registry) => ({ ${texts.join(', ')} });`;
  const { code, errors } = await minify('texts.js', source, { module: true });
  if (errors[0]) throw new Error(errors[0].message);
  return code;
}

/** Where a module imports what is a chunk of its own. */
export function laterImports(program: ESTree.Program): Import[] {
  const imports: Import[] = [];
  new Visitor({
    ImportExpression({ start, end, source }) {
      if (source.type === 'Literal' && typeof source.value === 'string')
        imports.push({ start, end, specifier: source.value });
    },
  }).visit(program);
  return imports;
}

/** Makes each of these imports wait for texts as well: for those in the file that has its name at the same index. */
export function withTexts(code: string, imports: readonly Import[], names: readonly string[]): string {
  const parts = imports.map(({ start, end }, index) => {
    const before = code.slice(imports[index - 1]?.end ?? 0, start);
    return `${before}texts__.with(${code.slice(start, end)}, ${JSON.stringify(names[index])})`;
  });
  const rest = code.slice(imports.at(-1)?.end ?? 0);
  return `import { texts as texts__ } from ${RUNTIME};\n${parts.join('')}${rest}`;
}

/** The catalogue: every message in every language, every message used, no language copied from another. */
import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { locales } from '../src/paraglide/runtime';
import { sources } from './sources';

type Catalogue = Record<string, unknown>;

function read(file: string): Catalogue {
  const catalogue = JSON.parse(readFileSync(file, 'utf8')) as Catalogue;
  return Object.fromEntries(Object.entries(catalogue).filter(([key]) => key !== '$schema'));
}

/** What the shell says while no window can; it checks itself that it uses all of it. */
const NATIVE = 'messages/native';
const folders = [
  'messages',
  'messages/trainer',
  'messages/studio',
  'messages/places',
  'messages/progress',
  'messages/imports',
  NATIVE,
];
const catalogues = Object.fromEntries(
  locales.map((locale) => [
    locale,
    Object.assign({}, ...folders.map((f) => read(`${f}/${locale}.json`))) as Catalogue,
  ]),
) as Record<(typeof locales)[number], Catalogue>;

/** The placeholders of a message, plural forms included. */
function inputs(message: unknown): string[] {
  const text = JSON.stringify(message);
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''))].sort();
}

/** The texts of a message, plural forms included, as they are shown. */
function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  const forms = (message as { match: Record<string, string> }[]).flatMap(({ match }) => Object.values(match));
  return forms.join(' ');
}

/** Said of a text with more characters than hundreds. */
const ALWAYS_MANY = new Set(['text_too_long']);

/** Words and turns of Portugal: the windows speak Brazilian Portuguese. */
const EUROPEAN =
  /(?<!\p{L})(teus?|tuas?|tu|ti|contigo|ecrãs?|palavras?-passe|equipas?|ficheiros?|utilizador\p{L}*|noutr\p{L}+|perceb(a|e|as|es|er)|quiseres|abrires|introduziste|estás|podes|tens|arranque|transfer(ir|ência)|contactar|eliminad\p{L}|a meio d\p{L}+|na mesma que|à (procura|espera)|já não|est(á|ão) a \p{L}+r|continuam? a \p{L}+r)(?!\p{L})/iu;
/** Said to a "tu", at the beginning of a sentence; elsewhere it is what somebody does. */
const TO_A_TU = /(^|[.:!?"`] ?)(Abre|Envia|Pede|Seleciona|Vai|Verifica)(?!\p{L})/u;

/** The same in more than one language for good: names, units, loan words. */
const SAME = new Set([
  'app_name',
  'journal_title',
  'link_offline',
  'rest_more',
  'settings_server',
  'settings_studio',
  'settings_version',
  'sign_in_server',
  'value_with_reps',
  'sign_in_email',
]);

describe('the catalogue', () => {
  it.each(folders)('has a file for each language and no other in %s', (folder) => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
    expect(files.sort()).toEqual(locales.map((locale) => `${locale}.json`).sort());
  });

  it('has no key in two files of a language', () => {
    for (const locale of locales) {
      const keys = folders.flatMap((folder) => Object.keys(read(`${folder}/${locale}.json`)));
      expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
    }
  });

  it.each(locales)('misses no key in %s', (locale) => {
    const every = new Set(Object.values(catalogues).flatMap((catalogue) => Object.keys(catalogue)));
    expect([...every].filter((key) => !(key in catalogues[locale]))).toEqual([]);
  });

  it.each(locales)('has no empty message in %s', (locale) => {
    const empty = Object.entries(catalogues[locale]).filter(([, message]) => message === '');
    expect(empty).toEqual([]);
  });

  it('takes the same inputs in every language', () => {
    const differing = Object.keys(catalogues.de).filter((key) => {
      const [de, ...others] = locales.map((locale) => inputs(catalogues[locale][key]).join());
      return others.some((other) => other !== de);
    });
    expect(differing).toEqual([]);
  });

  it.each(locales)('has no invisible character in %s, and no mark of direction', (locale) => {
    const invisible = Object.entries(catalogues[locale]).filter(([, message]) =>
      /[^\S ]|[\p{Cc}\p{Cf}]/u.test(textOf(message)),
    );
    expect(invisible).toEqual([]);
  });

  it.each(locales)('has plural forms in %s wherever it counts', (locale) => {
    const counting = Object.entries(catalogues[locale]).filter(
      ([key, message]) => typeof message === 'string' && message.includes('{count}') && !ALWAYS_MANY.has(key),
    );
    expect(counting).toEqual([]);
  });

  it('has no untranslated message', () => {
    const copied = Object.keys(catalogues.de).filter((key) => {
      const [de, pt, en] = (['de', 'pt', 'en'] as const).map((locale) =>
        JSON.stringify(catalogues[locale][key]),
      );
      const isWords = /[a-zà-ü]{4}/i.test((de ?? '').replaceAll(/\{\w+\}/g, ''));
      return isWords && !SAME.has(key) && (de === pt || de === en || pt === en) && !isShared(key, de, pt, en);
    });
    expect(copied).toEqual([]);
  });

  it('uses the Portuguese of Brazil', () => {
    const european = Object.entries(catalogues.pt).filter(([, message]) => {
      const text = JSON.stringify(message);
      return EUROPEAN.test(text) || TO_A_TU.test(text);
    });
    expect(european).toEqual([]);
  });

  it.each([
    ['O teu treino continua.', true],
    ['Vai ao ecrã e começa.', true],
    ['Talvez tenha faltado a palavra-passe', true],
    ['A versão está a ser instalada.', true],
    ['Abre o Ringside.', true],
    ['Copiado. Seleciona aqui.', true],
    ['Quem vai treinar?', false],
    ['Toque em todos os pontos que doem.', false],
    ['A equipe está treinando.', false],
    ['Vale até sair desta página.', false],
  ])('tells whether "%s" is European', (text, isEuropean) => {
    const message = JSON.stringify(text);
    expect(EUROPEAN.test(message) || TO_A_TU.test(message)).toBe(isEuropean);
  });

  it.each(locales)('has no straight apostrophe in %s', (locale) => {
    const straight = Object.entries(catalogues[locale]).filter(([, message]) =>
      JSON.stringify(message).includes("'"),
    );
    expect(straight).toEqual([]);
  });

  it('has no unused message', () => {
    const text = sources()
      .map((source) => source.text)
      .join('\n');
    const used = new Set([...text.matchAll(/\bm\.(\w+)/g)].map((match) => match[1]));
    const native = read(`${NATIVE}/de.json`);
    expect(Object.keys(catalogues.de).filter((key) => !used.has(key) && !(key in native))).toEqual([]);
  });
});

/** One word that two languages happen to share ("Note", "Motivo") is no copy; two words or more are. */
function isShared(_key: string, ...messages: (string | undefined)[]): boolean {
  const [shared = ''] = messages.filter((message, at) => messages.indexOf(message) !== at);
  return (
    shared
      .replaceAll(/\{\w+\}/g, '')
      .trim()
      .split(/\s+/).length === 1
  );
}

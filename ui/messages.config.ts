import { fileURLToPath } from 'node:url';

import settings from './project.inlang/settings.json' with { type: 'json' };

export const { locales } = settings;

/** How the catalogue is compiled: once for the bundle, once for the type checker, in the same way. */
export const messages = {
  project: fileURLToPath(new URL('./project.inlang', import.meta.url)),
  outdir: fileURLToPath(new URL('./src/paraglide', import.meta.url)),
  // The language is the account's, told by `src/state/language.svelte.ts`; nothing is kept in cookies or URLs.
  strategy: ['globalVariable', 'baseLocale'] as ['globalVariable', 'baseLocale'],
  isServer: 'false',
  outputStructure: 'message-modules' as const,
  emitTsDeclarations: true,
  emitReadme: false,
  emitGitIgnore: false,
};

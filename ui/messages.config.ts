/** How the catalogue is compiled: once for the bundle, once for the type checker, in the same way. */
export const messages = {
  project: './project.inlang',
  outdir: './src/paraglide',
  // The language is the account's, told by `src/state/language.svelte.ts`; nothing is kept in cookies or URLs.
  strategy: ['globalVariable', 'baseLocale'] as ['globalVariable', 'baseLocale'],
  isServer: 'false',
  emitTsDeclarations: true,
  emitReadme: false,
  emitGitIgnore: false,
};

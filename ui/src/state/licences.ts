/** What others wrote and is delivered with Ringside, as `cargo xtask licences` writes it. */

export interface ThirdPartyPackage {
  name: string;
  version: string;
  /** An SPDX expression. */
  licence: string;
  kind: 'crate' | 'npm' | 'other';
  /** Where its sources are. */
  source: string;
  /** Whose it is. */
  notices: string[];
  /** The names of its texts. */
  texts: string[];
}

export interface Licences {
  packages: ThirdPartyPackage[];
  /** Each licence's text by the name packages call it by. */
  texts: Record<string, string>;
}

/** Loads the list, which is large and looked at rarely. */
export async function loadLicences(): Promise<Licences> {
  return (await import('../../third-party.json')).default as Licences;
}

/** Those of which the name, the licence or whose it is has every word of `wanted` in it. */
export function search(packages: readonly ThirdPartyPackage[], wanted: string): ThirdPartyPackage[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  return packages.filter(({ name, version, licence, notices }) => {
    const text = [name, version, licence, ...notices].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

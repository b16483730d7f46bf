import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { CONSENT_PURPOSES } from './consent.entity.js';
import { CONSENT_LOCALES, CONSENT_TEXTS, consentTextFor } from './consent-texts.js';

/** Of every version that was published: consents name it, so its words must stay. */
const PUBLISHED: Readonly<Record<string, string>> = { '2026-11': '8fe93a84eed0e7831916d1a6551322e58bfef042effe99b566847127da793cbe' };

describe('consent texts', () => {
  it('are there for every purpose and language, each with the hash of its words', () => {
    for (const purpose of CONSENT_PURPOSES) {
      for (const locale of CONSENT_LOCALES) {
        const { title, text, textHash } = consentTextFor(purpose, locale);
        expect(textHash).toBe(createHash('sha256').update(`${title}\n${text}`).digest('hex'));
      }
    }
    expect(new Set(CONSENT_TEXTS.map(({ textHash }) => textHash)).size).toBe(CONSENT_TEXTS.length);
  });

  it('never change once published', () => {
    const versions = [...new Set(CONSENT_TEXTS.map(({ version }) => version))];
    const digest = (version: string): string =>
      createHash('sha256').update(CONSENT_TEXTS.filter((text) => text.version === version).map(({ textHash }) => textHash).join('\n')).digest('hex');
    expect(Object.fromEntries(versions.map((version) => [version, digest(version)]))).toEqual(PUBLISHED);
  });
});

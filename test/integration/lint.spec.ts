import { spawn } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

interface LintResult {
  readonly messages: readonly { readonly ruleId: string | null; readonly line: number }[];
}

/** The rules that the repository's own configuration breaks on a text, by line, if it stood in a file. */
async function lint(file: string, lines: readonly string[]): Promise<Readonly<Record<number, string | null>>> {
  const child = spawn(process.execPath, ['node_modules/eslint/bin/eslint.js', '--stdin', '--stdin-filename', file, '--format', 'json']);
  child.stdin.end(`${lines.join('\n')}\n`);
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  const [result] = JSON.parse(output) as readonly LintResult[];
  return Object.fromEntries((result?.messages ?? []).map((message) => [message.line, message.ruleId]));
}

describe('the lint rules', () => {
  it('keep src/rules pure: nothing from outside, no time, no chance', async () => {
    const found = await lint('src/rules/probe.ts', [
      `import { readFileSync } from 'node:fs';`,
      `import type { Config } from '../config/config.js';`,
      `import type { Policy } from './policy.js';`,
      `import { z } from 'zod';`,
      `export const at = (policy: Policy, config: Config) => [policy, config, z, readFileSync];`,
      `export const now = Date.now();`,
      `export const chance = Math.random();`,
      `export const later = setTimeout(() => undefined, 1);`,
      `export const environment = process.env;`,
      `export const everything = globalThis;`,
      `export const clock = performance.now();`,
      `export const id = crypto.randomUUID();`,
      `export const page = () => fetch('/');`,
      `export const lazy = () => import('./policy.js');`,
      `export async function wait(): Promise<void> {}`,
    ]);
    expect(found).toEqual({
      1: 'no-restricted-imports',
      2: 'no-restricted-imports',
      4: 'no-restricted-imports',
      6: 'no-restricted-globals',
      7: 'no-restricted-properties',
      8: 'no-restricted-globals',
      9: 'no-restricted-globals',
      10: 'no-restricted-globals',
      11: 'no-restricted-globals',
      12: 'no-restricted-globals',
      13: 'no-restricted-globals',
      14: 'no-restricted-syntax',
      15: 'no-restricted-syntax',
    });
  }, 30_000);

  it('let src/rules/programme read src/rules and nothing else', async () => {
    const found = await lint('src/rules/programme/probe.ts', [
      `import type { Policy } from '../policy.js';`,
      `import type { CalendarDate } from './calendar.js';`,
      `import { PoliciesService } from '../../policies/policies.service.js';`,
      `import { NANYANG } from '../testing/nanyang-policy.js';`,
      `import { createHash } from 'node:crypto';`,
      `export const day = (policy: Policy): readonly [CalendarDate, unknown] => [Date.now(), [policy, PoliciesService, NANYANG, createHash]];`,
    ]);
    expect(found).toEqual({ 3: 'no-restricted-imports', 4: 'no-restricted-imports', 5: 'no-restricted-imports', 6: 'no-restricted-globals' });
  }, 30_000);

  it('keep the schema library out of the SDK', async () => {
    const found = await lint('proctor-client/src/probe.ts', [
      `import { sessionJoinSchema } from '@xuejian/protocol/schemas';`,
      `import type { SessionJoin } from '@xuejian/protocol';`,
      `export const check = (join: SessionJoin) => sessionJoinSchema.parse(join);`,
    ]);
    expect(found).toEqual({ 1: '@typescript-eslint/no-restricted-imports' });
  }, 30_000);

  it('refuse focused and skipped tests, default exports, enums and any', async () => {
    const found = await lint('src/config/probe.spec.ts', [
      `it.only('one', () => undefined);`,
      `describe.skip('none', () => undefined);`,
      `export default 1;`,
      `export enum Light { Green }`,
      `export const loose: any = 1;`,
    ]);
    expect(found).toEqual({
      1: 'no-restricted-syntax',
      2: 'no-restricted-syntax',
      3: 'no-restricted-syntax',
      4: 'no-restricted-syntax',
      5: '@typescript-eslint/no-explicit-any',
    });
  }, 30_000);
});

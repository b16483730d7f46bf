import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { policyShape } from './policy.schema.js';
import { readProfiles } from './profiles.js';

/** The part of JSON Schema that a policy's parameters use. */
interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

const root = new URL('../../', import.meta.url);
const document = readFileSync(new URL('docs/policy.md', root), 'utf8');
const shape = z.toJSONSchema(policyShape, { unrepresentable: 'any' }) as Shape;
const nanyang = (await readProfiles()).get('cn-henan-nanyang-2022')!.policy as unknown as Readonly<Record<string, unknown>>;

function rangeOf(parameter: Shape): string {
  const { anyOf, enum: names, items, minimum, exclusiveMinimum, maximum } = parameter;
  if (anyOf !== undefined) return anyOf.map((one) => (one.type === 'null' ? 'null' : rangeOf(one))).join(' / ');
  if ('const' in parameter) return `only ${JSON.stringify(parameter.const)}`;
  if (names !== undefined) return names.join(' / ');
  if (parameter.type === 'array') return items?.enum === undefined ? 'list' : `list of ${items.enum.join(', ')}`;
  if (parameter.type === 'boolean') return 'true / false';
  if (parameter.type === 'string') return 'text';
  return exclusiveMinimum === undefined ? `${minimum}…${maximum}` : `>${exclusiveMinimum}…${maximum}`;
}

/** Every parameter by its full name. */
const parameters = Object.entries(shape.properties ?? {}).flatMap(([section, values]) =>
  values.properties === undefined
    ? [{ name: section, range: rangeOf(values), value: nanyang[section] }]
    : Object.entries(values.properties).map(([name, one]) => ({
        name: `${section}.${name}`, range: rangeOf(one), value: (nanyang[section] as Readonly<Record<string, unknown>>)[name],
      })),
);

const rows = [...document.matchAll(/^\| `([a-zA-Z.]+)` \| (.*?) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$/gm)].map((row) => {
  const [, name = '', unit = '', range = '', value = '', why = '', reader = ''] = row;
  return { name, unit, range, value, why, reader };
});

describe('docs/policy.md', () => {
  it('has one row for every parameter, in the order of the schema', () => {
    expect(rows.map(({ name }) => name)).toEqual(parameters.map(({ name }) => name));
  });

  it.each(parameters.map(({ name, range, value }) => [name, range, value] as const))('%s: range and default are those of the code', (name, range, value) => {
    const row = rows.find((one) => one.name === name);
    const isNamed = ['id', 'version', 'source'].includes(name);
    expect(row).toMatchObject({ range: range.replaceAll('|', '\\|'), value: isNamed ? row?.value : `\`${JSON.stringify(value)}\`` });
    expect(row?.why.length).toBeGreaterThan(3);
  });

  it.each(rows.map(({ name, reader, range }) => [name, reader, range] as const))('%s is read where the row says', (name, reader, range) => {
    const files = [...reader.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
    const word = new RegExp(`\\b${name.split('.').at(-1)!}\\b`);
    expect(files.filter((file) => !word.test(readFileSync(new URL(file, root), 'utf8')))).toEqual([]);
    if (files.length === 0) expect(range.startsWith('only') ? 'built in' : reader).toMatch(/^(built in|later: .{8,})$/);
  });
});

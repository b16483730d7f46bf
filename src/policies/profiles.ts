import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { Policy } from '../rules/policy.js';
import { policySchema } from './policy.schema.js';

/** One file of `profiles/`: its own name, version and source, and what differs from the profile it extends. */
const profileHeadSchema = z.looseObject({
  id: z.string(),
  version: z.number(),
  source: z.string(),
  extends: z.string().optional(),
});
type Profile = z.infer<typeof profileHeadSchema>;

/** A complete policy with the two hashes others bind themselves to. Hex, 64 characters. */
export interface LoadedPolicy {
  readonly policy: Policy;
  /** SHA-256 of the policy's canonical JSON (RFC 8785): names its content. */
  readonly hash: string;
  /** SHA-256 of `id@version`: names it in the commitment of a session's schedule, there as 32 raw bytes. */
  readonly idHash: string;
}

/** The profiles cannot be used; the message says which file, which field and what is wrong. Stops the boot. */
export class ProfileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProfileError';
  }
}

/** The folder of the profiles that come with this build. */
export const PROFILES_FOLDER = new URL('./profiles/', import.meta.url);

/** Reads every `<id>.json` of a folder into complete, validated policies by id. */
export async function readProfiles(folder: URL = PROFILES_FOLDER): Promise<ReadonlyMap<string, LoadedPolicy>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const files = await Promise.all(
    names.map(async (name) => ({ name, text: await readFile(new URL(name, folder), 'utf8') })),
  );
  return resolveProfiles(files);
}

/** The pure half of `readProfiles`: parses, extends and validates. */
export function resolveProfiles(
  files: readonly { readonly name: string; readonly text: string }[],
): ReadonlyMap<string, LoadedPolicy> {
  const profiles = new Map<string, Profile>();
  for (const file of files) {
    const profile = parseProfile(file.name, file.text);
    if (file.name !== `${profile.id}.json`) {
      throw new ProfileError(`policy profile ${file.name}: its id is "${profile.id}", so the file must be ${profile.id}.json`);
    }
    profiles.set(profile.id, profile);
  }
  return new Map([...profiles.values()].map((profile) => [profile.id, completePolicy(profile, profiles)]));
}

/** Adds the hashes to a policy. */
export function withHashes(policy: Policy): LoadedPolicy {
  const canonical = canonicalize(policy);
  if (canonical === undefined) {
    throw new ProfileError(`policy ${policy.id} cannot be written as canonical JSON`);
  }
  return { policy, hash: sha256Hex(canonical), idHash: sha256Hex(`${policy.id}@${policy.version}`) };
}

function parseProfile(name: string, text: string): Profile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ProfileError(`policy profile ${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const head = profileHeadSchema.safeParse(json);
  if (!head.success) {
    throw new ProfileError(`policy profile ${name} is not usable:\n${explain(head.error)}`);
  }
  return head.data;
}

function completePolicy(profile: Profile, profiles: ReadonlyMap<string, Profile>): LoadedPolicy {
  const merged = lineage(profile, profiles).reduceRight<Readonly<Record<string, unknown>>>(
    (base, layer) => deepMerge(base, layer),
    {},
  );
  const { extends: _parent, ...body } = merged;
  const parsed = policySchema.safeParse(body);
  if (!parsed.success) {
    throw new ProfileError(`policy profile ${profile.id}.json is not usable:\n${explain(parsed.error)}`);
  }
  return withHashes(parsed.data);
}

/** The profile, its parent, its parent's parent … */
function lineage(profile: Profile, profiles: ReadonlyMap<string, Profile>): readonly Profile[] {
  const chain = [profile];
  for (let current = profile; current.extends !== undefined; ) {
    const parent = profiles.get(current.extends);
    if (!parent) {
      throw new ProfileError(`policy profile ${current.id}.json extends "${current.extends}", which does not exist`);
    }
    if (chain.includes(parent)) {
      throw new ProfileError(`policy profile ${profile.id}.json extends itself: ${[...chain, parent].map((p) => p.id).join(' → ')}`);
    }
    chain.push(parent);
    current = parent;
  }
  return chain;
}

type PlainObject = Readonly<Record<string, unknown>>;

const isPlainObject = (value: unknown): value is PlainObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Objects are merged key by key; lists and single values are replaced. */
export function deepMerge(base: PlainObject, layer: PlainObject): PlainObject {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(layer)) {
    const below = merged[key];
    merged[key] = isPlainObject(value) && isPlainObject(below) ? deepMerge(below, value) : value;
  }
  return merged;
}

const explain = (error: z.ZodError): string =>
  error.issues.map((issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`).join('\n');

const sha256Hex = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

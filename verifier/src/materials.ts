/** What a person has at hand for a verification: files, told apart by what is in them. The same in Node and in browsers. */
import { z } from 'zod';
import { treeHeadSchema } from '../../src/evidence/proof/format.js';
import type { EngineInfo } from '../../src/evidence/proof/replay-checks.js';
import type { Words } from '../../src/evidence/proof/result.js';
import { type Verification, type VerifyInput, verifyBundle } from '../../src/evidence/proof/verify.js';

export const MATERIALS = {
  bundle: { zh: '证据包', en: 'Evidence bundle' },
  report: { zh: '报告(JSON)', en: 'Report (JSON)' },
  keys: { zh: '公钥集', en: 'Key set' },
  keptHead: { zh: '自存的树头', en: 'Tree head you kept' },
  consistency: { zh: '一致性证明', en: 'Consistency proof' },
  tsa: { zh: '时间戳机构证书', en: 'Certificate of the time-stamping authority' },
} as const satisfies Readonly<Record<string, Words>>;

export type MaterialKind = keyof typeof MATERIALS;
/** Files as they are, by what they are. */
export type Materials = Readonly<Partial<Record<MaterialKind, Uint8Array>>>;

/** A file that cannot be read as what it should be. */
export class MaterialError extends Error {
  constructor(
    readonly kind: MaterialKind,
    readonly words: Words,
  ) {
    super(words.en);
    this.name = 'MaterialError';
  }
}

/** A gzipped bundle may not unpack to more than this. */
const LARGEST_BYTES = 512 * 1024 * 1024;
const ENOUGH_TO_TELL = 64 * 1024;

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** What a file seems to be; a bundle where nothing else is seen. */
export function kindOf(bytes: Uint8Array): MaterialKind {
  const start = new TextDecoder().decode(bytes.subarray(0, ENOUGH_TO_TELL)).trimStart();
  if (start.startsWith('-----BEGIN CERTIFICATE')) return 'tsa';
  if (isGzip(bytes) || start.startsWith('{"manifest"')) return 'bundle';
  const value = z.record(z.string(), z.unknown()).safeParse(parsedOrNull(bytes)).data ?? {};
  if ('keys' in value) return 'keys';
  if ('schemaVersion' in value && 'signature' in value) return 'report';
  if ('treeHead' in value || 'rootHash' in value) return 'keptHead';
  return 'from' in value && 'path' in value ? 'consistency' : 'bundle';
}

function parsedOrNull(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

/**
 * Verifies a bundle with whatever else is at hand.
 * @throws MaterialError when a file other than the bundle's content cannot be read
 */
export async function verifyMaterials({ bundle, ...rest }: Materials & { readonly bundle: Uint8Array }, engine: EngineInfo): Promise<Verification> {
  return verifyBundle(await unpacked(bundle), inputOf(rest, engine));
}

function inputOf(materials: Materials, engine: EngineInfo): VerifyInput {
  const { report, keys, tsa } = materials;
  const keptHead = keptHeadOf(materials);
  return {
    engine,
    ...(report && { report: json('report', report) }),
    ...(keys && { jwks: keySetIn(keys) }),
    ...(keptHead && { keptHead }),
    ...(tsa && { tsaCertificates: certificatesIn(tsa) }),
  };
}

function json(kind: MaterialKind, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new MaterialError(kind, { zh: '不是 JSON 文件', en: 'not a JSON file' });
  }
}

function read<S extends z.ZodType>(kind: MaterialKind, bytes: Uint8Array, schema: S, words: Words): z.infer<S> {
  const parsed = schema.safeParse(json(kind, bytes));
  if (!parsed.success) throw new MaterialError(kind, words);
  return parsed.data;
}

function keySetIn(bytes: Uint8Array): unknown {
  return read('keys', bytes, z.looseObject({ keys: z.array(z.unknown()).min(1) }), { zh: '不是公钥集(jwks.json)', en: 'not a key set (jwks.json)' });
}

const anyHead = treeHeadSchema.partial().required({ treeSize: true, rootHash: true });
/** As `/v1/log/heads/latest` answers, as a report carries it, or the head alone. */
const keptHeadSchema = z.union([z.looseObject({ treeHead: anyHead }).transform(({ treeHead }) => treeHead), anyHead]);
const consistencySchema = z.looseObject({ from: z.number(), to: z.number(), path: z.array(z.string().regex(/^[0-9a-f]{64}$/)) });

function keptHeadOf({ keptHead, consistency }: Materials): VerifyInput['keptHead'] {
  if (keptHead === undefined) {
    if (consistency === undefined) return undefined;
    throw new MaterialError('consistency', { zh: '只有与自存的树头一起才有意义', en: 'means something only beside a tree head you kept' });
  }
  const treeHead = read('keptHead', keptHead, keptHeadSchema, { zh: '不是公开日志的树头', en: 'not a head of the public log' });
  if (consistency === undefined) return { treeHead };
  const { path } = read('consistency', consistency, consistencySchema, { zh: '不是一致性证明', en: 'not a consistency proof' });
  return { treeHead, consistencyPath: path };
}

function certificatesIn(bytes: Uint8Array): readonly Uint8Array[] {
  const blocks = new TextDecoder().decode(bytes).matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g);
  const found = [...blocks].map(([, base64 = '']) => Uint8Array.from(atob(base64.replace(/\s/g, '')), (char) => char.charCodeAt(0)));
  if (found.length === 0) throw new MaterialError('tsa', { zh: '不是 PEM 证书', en: 'holds no PEM certificate' });
  return found;
}

/** The text of a bundle that may be gzipped. */
async function unpacked(bytes: Uint8Array): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    const stream = new Blob([Uint8Array.from(bytes)]).stream().pipeThrough(new DecompressionStream('gzip'));
    const reader = stream.getReader();
    for (let next = await reader.read(); !next.done && size <= LARGEST_BYTES; next = await reader.read()) {
      chunks.push(next.value);
      size += next.value.length;
    }
    if (size > LARGEST_BYTES) await reader.cancel();
  } catch {
    throw new MaterialError('bundle', { zh: '压缩文件已损坏，无法解开', en: 'the gzip file is damaged and cannot be unpacked' });
  }
  if (size > LARGEST_BYTES) throw new MaterialError('bundle', { zh: '解开后超过 512 MB', en: 'unpacks to more than 512 MB' });
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

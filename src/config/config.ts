import { hkdfSync } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { keptSecret } from './kept-secret.js';

/** Everything a process reads from its environment, checked once at boot. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly databaseUrl: string;
  /** `null`: queues run on PostgreSQL and signals stay within the process. */
  readonly redisUrl: string | null;
  /** Where images and generated secrets are kept (absolute). */
  readonly dataDir: string;
  /** Master secret, 32 bytes as hex. Never used itself: see `deriveKey`. */
  readonly secret: string;
  /** Serves the sample platform under `/demo/`. */
  readonly demo: boolean;
  readonly logLevel: LogLevel;
  /** Address under which browsers and platforms reach this service, without a slash at the end. */
  readonly publicUrl: string;
  /** How often the public log takes in what is new and signs a head, s. */
  readonly logSealSeconds: number;
  /** What judges faces: `auto` is onnxruntime, and WASM where that cannot load. */
  readonly faceEngine: (typeof FACE_ENGINES)[number];
  /** Where the converted models of the faces are kept (absolute). */
  readonly faceModelsDir: string;
  /** Processes that judge faces in each worker; 0: the worker itself does. */
  readonly faceWorkers: number;
  /** Time-stamping authority (RFC 3161) for the heads of the log; `null`: none. */
  readonly tsa: TsaConfig | null;
}

export interface TsaConfig {
  readonly url: string;
  /** PEM file of the certificates that may vouch for it (absolute). */
  readonly certificateFile: string;
}

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Injection token of the `Config`. */
export const CONFIG = Symbol('CONFIG');

const FACE_ENGINES = ['auto', 'onnx', 'wasm'] as const;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** One variable of the environment that cannot be used, in both languages. */
export interface ConfigIssue {
  readonly variable: string;
  readonly message: string;
}

/** The environment cannot be used; the message names every bad variable and never a secret's value. */
export class ConfigError extends Error {
  constructor(readonly issues: readonly ConfigIssue[]) {
    const lines = issues.map((issue) => `  - ${issue.variable}: ${issue.message}`);
    super(['配置有误，无法启动 / The configuration is not valid, cannot start:', ...lines].join('\n'));
    this.name = 'ConfigError';
  }
}

const urlOf = (protocols: readonly string[], message: string) =>
  z.string({ error: message }).refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), { error: message });

const PORT_MESSAGE = '应为 1 到 65535 的整数 / must be an integer from 1 to 65535';

const SEAL_MESSAGE = '应为 1 到 86400 的整数（秒） / must be an integer from 1 to 86400 (seconds)';
const FACE_WORKERS_MESSAGE = '应为 0 到 256 的整数 / must be an integer from 0 to 256';
/** Whoever tries the demo wants to see the proof at once. */
const DEMO_SEAL_SECONDS = 10;
const TSA_CERTIFICATE_MISSING = '设置 TSA_URL 时必填：时间戳机构证书的 PEM 文件 / required with TSA_URL: PEM file of the authority’s certificates';

const SECRET_MISSING =
  '必填：64 位十六进制数，可用 openssl rand -hex 32 生成 / required: 64 hexadecimal digits, e.g. from openssl rand -hex 32';

const environmentSchema = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: PORT_MESSAGE })
    .transform(Number)
    .refine((port) => port >= 1 && port <= 65_535, { error: PORT_MESSAGE })
    .default(3000),
  HOST: z.string().max(253).default('127.0.0.1'),
  DATABASE_URL: urlOf(
    ['postgres:', 'postgresql:'],
    '必填，形如 postgres://用户:密码@主机:5432/库名 / required, like postgres://user:password@host:5432/database',
  ),
  REDIS_URL: urlOf(['redis:', 'rediss:'], '应形如 redis://主机:6379 / must look like redis://host:6379').optional(),
  XUEJIAN_DATA_DIR: z.string().max(1000).default('.data'),
  XUEJIAN_SECRET: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, { error: '应为 64 位十六进制数（32 字节） / must be 64 hexadecimal digits (32 bytes)' })
    .optional(),
  XUEJIAN_DEMO: z
    .enum(['0', '1', 'true', 'false'], { error: '应为 0 或 1 / must be 0 or 1' })
    .transform((value) => value === '1' || value === 'true')
    .default(false),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `应为 / must be one of: ${LOG_LEVELS.join(', ')}` }).default('info'),
  LOG_SEAL_SECONDS: z
    .string()
    .regex(/^\d{1,5}$/, { error: SEAL_MESSAGE })
    .transform(Number)
    .refine((seconds) => seconds >= 1 && seconds <= 86_400, { error: SEAL_MESSAGE })
    .optional(),
  FACE_ENGINE: z.enum(FACE_ENGINES, { error: `应为 / must be one of: ${FACE_ENGINES.join(', ')}` }).default('auto'),
  FACE_MODELS_DIR: z.string().max(1000).optional(),
  FACE_WORKERS: z
    .string()
    .regex(/^\d{1,3}$/, { error: FACE_WORKERS_MESSAGE })
    .transform(Number)
    .refine((count) => count <= 256, { error: FACE_WORKERS_MESSAGE })
    .optional(),
  TSA_URL: urlOf(['http:', 'https:'], '应为 http(s) 网址 / must be an http(s) address').optional(),
  TSA_CERTIFICATE: z.string().max(1000).optional(),
  PUBLIC_URL: urlOf(['http:', 'https:'], '应为 http(s) 网址 / must be an http(s) address').optional(),
});

/**
 * Reads the configuration from an environment.
 * @throws ConfigError naming every bad variable at once.
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = withoutBlanks(environment);
  const parsed = environmentSchema.safeParse(given);
  const issues = [
    ...(parsed.error?.issues ?? []).map((issue) => ({ variable: issue.path.join('.'), message: issue.message })),
    ...(given['TSA_URL'] !== undefined && given['TSA_CERTIFICATE'] === undefined ? [{ variable: 'TSA_CERTIFICATE', message: TSA_CERTIFICATE_MISSING }] : []),
    ...(needsSecret(given) ? [{ variable: 'XUEJIAN_SECRET', message: SECRET_MISSING }] : []),
  ];
  if (!parsed.success || issues.length > 0) throw new ConfigError(issues);
  const env = parsed.data;
  const dataDir = resolve(env.XUEJIAN_DATA_DIR);
  return {
    port: env.PORT,
    host: env.HOST,
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL ?? null,
    dataDir,
    secret: env.XUEJIAN_SECRET?.toLowerCase() ?? keptSecret(dataDir),
    demo: env.XUEJIAN_DEMO,
    logLevel: env.LOG_LEVEL,
    publicUrl: (env.PUBLIC_URL ?? `http://${hostInUrl(env.HOST)}:${env.PORT}`).replace(/\/+$/, ''),
    logSealSeconds: env.LOG_SEAL_SECONDS ?? (env.XUEJIAN_DEMO ? DEMO_SEAL_SECONDS : 3600),
    faceEngine: env.FACE_ENGINE,
    faceModelsDir: resolve(env.FACE_MODELS_DIR ?? join(dataDir, 'models')),
    faceWorkers: env.FACE_WORKERS ?? defaultFaceWorkers(availableParallelism()),
    tsa: env.TSA_URL === undefined || env.TSA_CERTIFICATE === undefined ? null : { url: env.TSA_URL, certificateFile: resolve(env.TSA_CERTIFICATE) },
  };
}

/** A 32-byte key of its own for each purpose, so that one leaked key opens nothing else (HKDF-SHA256). */
export function deriveKey(config: Pick<Config, 'secret'>, label: string): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(config.secret, 'hex'), Buffer.alloc(0), `xuejian/${label}`, 32));
}

/** Faces are bound by the processor; where there are cores to spare one is left to the API and the database. */
export function defaultFaceWorkers(cores: number): number {
  return cores > 2 ? cores - 1 : Math.max(1, cores);
}

/** Only a demo may draw its own secret. */
function needsSecret(given: Readonly<Record<string, string>>): boolean {
  return given['XUEJIAN_SECRET'] === undefined && !['1', 'true'].includes(given['XUEJIAN_DEMO'] ?? '');
}

/** A variable set to nothing (as compose files and shells do) counts as not set. */
function withoutBlanks(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const filled = Object.entries(environment).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()] as const] : []));
  return Object.fromEntries(filled);
}

/** An address to listen on is not always one to visit. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** What a verification answers: a list of checks, each with its outcome and, where it failed, the first broken place. */

export interface Words {
  readonly zh: string;
  readonly en: string;
}

export type Outcome = 'PASS' | 'FAIL' | 'SKIPPED';

/** Where something is wrong: line of the bundle (from 1), journal entry (from 1), byte of the file (from 0). */
export interface Place {
  readonly line?: number;
  readonly seq?: number;
  readonly byte?: number;
}

export const CHECKS = {
  format: { zh: '文件格式', en: 'File format' },
  algorithms: { zh: '算法', en: 'Algorithms' },
  signature: { zh: '证据包签名', en: 'Signature of the bundle' },
  chain: { zh: '日志哈希链', en: 'Hash chain of the journal' },
  manifest: { zh: '清单与日志一致', en: 'Manifest agrees with the journal' },
  policy: { zh: '监管策略哈希', en: 'Hash of the policy' },
  commitment: { zh: '随机性承诺', en: 'Commitment of the randomness' },
  schedule: { zh: '随机时刻重算', en: 'Random instants recomputed' },
  findings: { zh: '发现项重算', en: 'Findings recomputed' },
  verdict: { zh: '结论重算', en: 'Verdict recomputed' },
  images: { zh: '影像摘要', en: 'Digests of pictures' },
  'report.signature': { zh: '报告签名', en: 'Signature of the report' },
  'report.agreement': { zh: '报告与证据包一致', en: 'Report agrees with the bundle' },
  'log.inclusion': { zh: '公开日志收录证明', en: 'Inclusion in the public log' },
  'log.head': { zh: '公开日志树头签名', en: 'Signature of the tree head' },
  'log.consistency': { zh: '与已存树头一致', en: 'Consistency with a tree head kept before' },
  'log.timestamp': { zh: '第三方时间戳', en: 'Third-party timestamp' },
} as const satisfies Readonly<Record<string, Words>>;

export type CheckId = keyof typeof CHECKS;

export interface Check extends Words {
  readonly id: CheckId;
  readonly outcome: Outcome;
  readonly at?: Place;
  readonly detail: Words;
}

/** What one step found; `null` stands for nothing wrong. */
export interface Flaw {
  readonly at?: Place;
  readonly detail: Words;
}

export const passed = (id: CheckId, zh: string, en: string): Check => ({ id, ...CHECKS[id], outcome: 'PASS', detail: { zh, en } });
export const skipped = (id: CheckId, zh: string, en: string): Check => ({ id, ...CHECKS[id], outcome: 'SKIPPED', detail: { zh, en } });
export const failed = (id: CheckId, { at, detail }: Flaw): Check => ({ id, ...CHECKS[id], outcome: 'FAIL', ...(at && { at }), detail });
export const flaw = (zh: string, en: string, at?: Place): Flaw => ({ ...(at && { at }), detail: { zh, en } });

/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

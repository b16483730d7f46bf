import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { Problem } from '../common/problem.js';

/** What `npm run build:verifier` makes; the same place from `src` and from `dist`. */
const BUILT = new URL('../../verifier/dist/', import.meta.url);

export interface VerifierFile {
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
}

/** The offline verifier as it was built, read once. */
@Injectable()
export class VerifierFiles {
  private readonly files = new Map<string, Promise<VerifierFile>>();

  /** @param folder where the build lies */
  constructor(private readonly folder: string = fileURLToPath(BUILT)) {}

  /** @throws Problem 503 when it has not been built */
  page = (): Promise<VerifierFile> => this.read('index.html');
  /** @throws Problem 503 when it has not been built */
  command = (): Promise<VerifierFile> => this.read('xuejian-verify.mjs');

  private async read(name: string): Promise<VerifierFile> {
    const reading = this.files.get(name) ?? this.load(name);
    this.files.set(name, reading);
    try {
      return await reading;
    } catch (error) {
      this.files.delete(name);
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new Problem(503, 'UNAVAILABLE', '核验程序尚未编译：npm run build / The verifier has not been built: npm run build');
    }
  }

  private async load(name: string): Promise<VerifierFile> {
    const bytes = await readFile(`${this.folder}/${name}`);
    return { bytes, gzipped: await promisify(gzip)(bytes) };
  }
}

/** The policy a page brings in its own head, so that page and header cannot disagree. */
export function policyOf({ bytes }: VerifierFile): string {
  const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]+)">/.exec(bytes.toString('utf8'))?.[1];
  if (policy === undefined) throw new Error('the page has no policy of its own');
  return policy;
}

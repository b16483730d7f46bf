import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

interface Listed {
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** A ZIP whose entries are made one after another while it is read; the last one lists what went before. */
export class Archive {
  private readonly zip = new ZipFile();
  private readonly listed: Listed[] = [];

  /** `read` is called when the entry's turn comes; `null`: it is left empty, and not listed. */
  add(path: string, read: () => Promise<Buffer | null>): void {
    this.entry(path, async () => {
      const bytes = await read();
      if (bytes !== null) this.listed.push({ path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
      return bytes ?? Buffer.alloc(0);
    });
  }

  addJson(path: string, value: unknown): void {
    this.add(path, async () => jsonOf(value));
  }

  /** Ends with `manifest.json`: the given facts, and path, length and hash of every entry. */
  finish(facts: Readonly<Record<string, unknown>>): Readable {
    this.entry('manifest.json', async () => jsonOf({ ...facts, files: this.listed }));
    this.zip.end();
    const output = Readable.from(this.zip.outputStream);
    this.zip.on('error', (error: Error) => output.destroy(error));
    return output;
  }

  private entry(path: string, read: () => Promise<Buffer>): void {
    this.zip.addReadStreamLazy(path, { mtime: new Date() }, (callback) => {
      read().then((bytes) => callback(null, Readable.from([bytes])), (error: unknown) => this.zip.emit('error', error));
    });
  }
}

const jsonOf = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`, 'utf8');

import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { type Readable, pipeline } from 'node:stream';
import { FileStorage } from '@flystorage/file-storage';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { DurableLocalAdapter } from './durable-files.js';

/** Files of evidence bundles, gzipped, each written once. */
@Injectable()
export class BundleStore {
  private readonly files: FileStorage;

  constructor(@Inject(CONFIG) { dataDir }: Pick<Config, 'dataDir'>) {
    this.files = new FileStorage(new DurableLocalAdapter(dataDir));
  }

  /**
   * Writes a bundle, reads it back and gives the length of its file in bytes. A file left by a try that did not come
   * to its record is replaced.
   * @throws Error when what is read back is not what was written
   */
  async write(path: string, text: string): Promise<number> {
    const packed = gzipSync(text);
    await this.files.write(path, packed, { visibility: 'private', directoryVisibility: 'private' });
    if ((await this.read(path)) !== text) throw new Error(`${path} was not written as given`);
    return packed.length;
  }

  /** @throws Error when the file is gone or damaged */
  async read(path: string): Promise<string> {
    return gunzipSync(await this.files.readToBuffer(path)).toString('utf8');
  }

  /** The bundle's text, piece by piece. */
  async stream(path: string): Promise<Readable> {
    const gunzip = createGunzip();
    // What goes wrong on the way ends the stream with an error, at its reader.
    return pipeline(await this.files.read(path), gunzip, () => undefined);
  }

  /** A file that is gone already is no error. */
  remove(path: string): Promise<void> {
    return this.files.deleteFile(path);
  }
}

/** Below the data folder: by day of opening, so that a year can be moved as one. */
export const bundlePath = (openedDay: string, sessionId: string, entries: number): string => `evidence/${openedDay}/${sessionId}/${entries}.ndjson.gz`;

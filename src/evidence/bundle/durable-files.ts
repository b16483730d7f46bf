import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { WriteOptions } from '@flystorage/file-storage';
import { LocalStorageAdapter } from '@flystorage/local-fs';

/** Local files that are whole or not there, and on the disk once `write` returns: what replaces database rows must be. */
export class DurableLocalAdapter extends LocalStorageAdapter {
  constructor(private readonly root: string) {
    super(root);
  }

  override async write(path: string, contents: Readable, options: WriteOptions): Promise<void> {
    const draft = `${path}.${randomUUID()}.part`;
    await super.write(draft, contents, options);
    await this.flush(draft);
    await this.moveFile(draft, path, {});
    await this.flush(dirname(path));
  }

  private async flush(path: string): Promise<void> {
    const file = await open(join(this.root, path), 'r');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

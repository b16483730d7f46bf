import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { type KeptImage, ImageVault } from '../evidence/image-vault.js';
import { withoutJpegMeta } from '../evidence/jpeg-meta.js';
import type { JournalEntry } from '../sessions/journal.js';
import type { PictureState } from './check-tables.js';

export interface SessionPicture {
  readonly imageId: string;
  /** Hash of the bytes as they came, from the journal; null where the journal has none of this picture alone. */
  readonly sha256: string | null;
}

export interface LookedUpPicture {
  readonly state: PictureState;
  readonly image: KeptImage | null;
}

/** Every picture a session's journal names as kept. */
export function picturesOf(journal: readonly JournalEntry[]): readonly SessionPicture[] {
  const received = new Map(journal.flatMap(({ event }) => (event.type === 'snapshot.received' ? [[event.snapshotId, event.sha256] as const] : [])));
  return journal.flatMap(({ event }): SessionPicture[] => {
    if (event.type === 'snapshot.judged' && event.imageId !== null) return [{ imageId: event.imageId, sha256: received.get(event.snapshotId) ?? null }];
    return event.type === 'liveness.judged' && event.imageId !== null ? [{ imageId: event.imageId, sha256: null }] : [];
  });
}

/** Fetches the pictures of a session and holds them against the journal. */
@Injectable()
export class EvidencePictures {
  private readonly logger = new Logger(EvidencePictures.name);

  constructor(private readonly vault: ImageVault) {}

  async lookUp({ imageId, sha256 }: SessionPicture): Promise<LookedUpPicture> {
    try {
      const image = await this.vault.get(imageId);
      if (image === null) return { state: 'DELETED', image };
      const isAsReceived = sha256 === null || createHash('sha256').update(withoutJpegMeta(image.bytes)).digest('hex') === sha256;
      return isAsReceived ? { state: 'PRESENT', image } : { state: 'DAMAGED', image: null };
    } catch (error) {
      this.logger.error({ err: error, imageId }, 'a kept picture cannot be opened');
      return { state: 'DAMAGED', image: null };
    }
  }
}

import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, deriveKey, type Config } from '../config/config.js';

const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Keeps names and ID numbers unreadable at rest and makes the keyed hash that stands for a person. */
@Injectable()
export class PersonalData {
  private readonly identityKey: Buffer;
  private readonly personKey: Buffer;

  constructor(@Inject(CONFIG) config: Config) {
    this.identityKey = deriveKey(config, 'identity');
    this.personKey = deriveKey(config, 'person-key');
  }

  /** One human, one key, on every platform: HMAC-SHA256 of the normalised ID number, hex. */
  personKeyOf(normalisedIdNumber: string): string {
    return createHmac('sha256', this.personKey).update(normalisedIdNumber, 'utf8').digest('hex');
  }

  /**
   * AES-256-GCM: format byte, IV, tag, ciphertext. `context` says where the value belongs (row and field) and must be
   * given again to read it, so that a value copied into another row cannot be read there.
   */
  encrypt(plain: string, context: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.identityKey, iv).setAAD(Buffer.from(context, 'utf8'));
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.from([FORMAT]), iv, cipher.getAuthTag(), body]);
  }

  /** @throws Error when the value was altered or belongs elsewhere. */
  decrypt(sealed: Buffer, context: string): string {
    if (sealed[0] !== FORMAT || sealed.length < 1 + IV_BYTES + TAG_BYTES) {
      throw new Error('personal data of an unknown format');
    }
    const iv = sealed.subarray(1, 1 + IV_BYTES);
    const tag = sealed.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.identityKey, iv, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(context, 'utf8'))
      .setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed.subarray(1 + IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  }
}

import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { seal, unseal } from '../common/sealing.js';
import { CONFIG, deriveKey, type Config } from '../config/config.js';

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

  /** Sealed for one place: `context` says where the value belongs (row and field). */
  encrypt(plain: string, context: string): Buffer {
    return seal(this.identityKey, Buffer.from(plain, 'utf8'), context);
  }

  /** @throws Error when the value was altered or belongs elsewhere. */
  decrypt(sealed: Buffer, context: string): string {
    return unseal(this.identityKey, sealed, context).toString('utf8');
  }
}

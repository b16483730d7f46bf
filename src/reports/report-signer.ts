import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config, deriveKey } from '../config/config.js';
import { type SigningKey, signingKeyOf, signReport } from './report-signature.js';
import type { SessionReport, UnsignedReport } from './report.schema.js';
import type { Keys } from './reports.schemas.js';

/** Holds the key that signs reports. */
@Injectable()
export class ReportSigner {
  private readonly key: SigningKey;

  constructor(@Inject(CONFIG) config: Config) {
    this.key = signingKeyOf(deriveKey(config, 'report-signing'));
  }

  sign(report: UnsignedReport): SessionReport {
    return signReport(report, this.key);
  }

  published(): Keys {
    const { keyId, publicKey } = this.key;
    return { keys: [{ keyId, use: 'report-signing', algorithm: 'Ed25519', publicKeyPem: publicKey.export({ format: 'pem', type: 'spki' }).toString() }] };
  }
}

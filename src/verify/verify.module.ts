import { Module } from '@nestjs/common';
import { VerifierFiles } from './verifier-files.js';
import { VerifyController } from './verify.controller.js';

/** The offline verifier at `/verify`. */
@Module({ controllers: [VerifyController], providers: [{ provide: VerifierFiles, useFactory: () => new VerifierFiles() }] })
export class VerifyModule {}

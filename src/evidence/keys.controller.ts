import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ApiAnswer } from '../common/openapi.js';
import { type PublishedKey, SigningKeys } from './signing-keys.js';

const keySetSchema = z.strictObject({
  keys: z.array(
    z.strictObject({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string(),
      kid: z.string().meta({ description: 'RFC 7638 thumbprint' }),
      alg: z.literal('EdDSA'),
      use: z.literal('sig'),
      nbf: z.number().int().meta({ description: 'Signs from this time on, seconds' }),
      exp: z.number().int().optional().meta({ description: 'Retired at; what it signed before stays valid' }),
    }),
  ),
});

/** Open to everyone: whoever is shown a report can check it. */
@ApiTags('证据 evidence')
@Controller('.well-known')
export class KeysController {
  constructor(private readonly keys: SigningKeys) {}

  @Get('jwks.json')
  @Header('Cache-Control', 'public, max-age=300')
  @Header('Access-Control-Allow-Origin', '*')
  @ApiOperation({ summary: '核验签名的公钥，含已停用的 / Public keys of all signatures, retired ones too (JWK Set, RFC 7517)' })
  @ApiAnswer(200, 'The keys', keySetSchema)
  async published(): Promise<{ readonly keys: readonly PublishedKey[] }> {
    return { keys: await this.keys.published() };
  }
}

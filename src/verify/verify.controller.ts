import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { policyOf, type VerifierFile, VerifierFiles } from './verifier-files.js';

/** The offline verifier, for everyone: a page to use here or to keep, and the command. */
@ApiExcludeController()
@Controller('verify')
export class VerifyController {
  constructor(private readonly files: VerifierFiles) {}

  @Get()
  async page(@Req() request: Request, @Res() response: Response): Promise<void> {
    const page = await this.files.page();
    response.type('html').setHeader('Content-Security-Policy', `${policyOf(page)}; frame-ancestors 'none'`);
    send(page, request, response);
  }

  @Get('xuejian-verify.mjs')
  async command(@Req() request: Request, @Res() response: Response): Promise<void> {
    const command = await this.files.command();
    response.type('text/javascript').attachment('xuejian-verify.mjs');
    send(command, request, response);
  }
}

function send({ bytes, gzipped }: VerifierFile, request: Request, response: Response): void {
  response.vary('Accept-Encoding').setHeader('Cache-Control', 'public, max-age=0, must-revalidate');
  if (request.acceptsEncodings('gzip') === false) {
    response.send(bytes);
    return;
  }
  response.setHeader('Content-Encoding', 'gzip').send(gzipped);
}

import { Body, Controller, Get, Headers, HttpCode, Param, Post, Put, Query, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import { Problem } from '../common/problem.js';
import { ZodPipe } from '../common/zod.pipe.js';
import { DemoGuard } from './demo.guard.js';
import { demoConsentsSchema, demoOpenSchema, traineeRefSchema, type DemoConsents, type DemoOpen } from './demo.schemas.js';
import { DemoService, type Relayed } from './demo.service.js';

const sessionId = new ZodPipe(z.uuid());
const traineeRef = new ZodPipe(traineeRefSchema);

/** What the sample platform's pages ask their own server for. Nothing here is part of the product's API. */
@ApiExcludeController()
@Controller('demo/api')
@UseGuards(DemoGuard)
export class DemoController {
  constructor(private readonly demo: DemoService) {}

  @Get('overview')
  overview(@Query('trainee', new ZodPipe(traineeRefSchema.optional())) trainee: string | undefined) {
    return this.demo.overview(trainee);
  }

  @Post('consents')
  async consents(@Body(new ZodPipe(demoConsentsSchema)) body: DemoConsents, @Res() response: Response): Promise<void> {
    send(response, await this.demo.giveConsents(body.trainee, body.consents));
  }

  @Put('reference-face')
  async referenceFace(
    @Query('trainee', traineeRef) trainee: string,
    @Headers('content-type') contentType: string | undefined,
    @Body() image: unknown,
    @Res() response: Response,
  ): Promise<void> {
    if (!Buffer.isBuffer(image)) throw new Problem(415, 'VALIDATION_FAILED', '请上传照片 / Please send a picture');
    send(response, await this.demo.putReferenceFace(trainee, contentType ?? 'image/jpeg', image));
  }

  @Post('sessions')
  @HttpCode(201)
  async open(@Body(new ZodPipe(demoOpenSchema)) body: DemoOpen, @Res() response: Response): Promise<void> {
    send(response, await this.demo.openSession(body.trainee, body.lessonId));
  }

  @Get('sessions/:id')
  async session(@Param('id', sessionId) id: string, @Res() response: Response): Promise<void> {
    send(response, await this.demo.session(id));
  }

  @Get('sessions/:id/report')
  async report(@Param('id', sessionId) id: string, @Headers('accept') accept: string | undefined, @Res() response: Response): Promise<void> {
    send(response, await this.demo.report(id, accept ?? 'application/json'));
  }
}

function send(response: Response, { status, contentType, contentSecurityPolicy, body }: Relayed): void {
  if (contentSecurityPolicy !== null) response.setHeader('content-security-policy', contentSecurityPolicy);
  response.status(status).setHeader('cache-control', 'no-store').setHeader('content-type', contentType).send(body);
}

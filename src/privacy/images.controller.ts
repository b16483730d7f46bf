import { Controller, Get, HttpCode, Post, Query, Req, Res, StreamableFile, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiAnswer, ApiProblems, PathId, ValidBody } from '../common/openapi.js';
import { ZodPipe } from '../common/zod.pipe.js';
import { CurrentPlatform, ForReviewersToo, PlatformGuard } from '../identity/platform.guard.js';
import type { Platform } from '../identity/platforms.service.js';
import { ImageAccess } from './image-access.service.js';
import { type CreateLink, createLinkSchema, type ImageQuery, imageQuerySchema, type LinkAnswer, linkAnswerSchema } from './privacy.schemas.js';

@ApiTags('隐私 privacy')
@Controller('v1/images')
export class ImagesController {
  constructor(private readonly access: ImageAccess) {}

  @Post(':id/links')
  @HttpCode(201)
  @ForReviewersToo()
  @UseGuards(PlatformGuard)
  @ApiBearerAuth()
  @ApiOperation({ summary: '取得查看照片的短时链接 / A short-lived link to one picture, for one viewer and purpose' })
  @ApiAnswer(201, 'The link', linkAnswerSchema)
  @ApiProblems(400, 401, 403, 404, 422)
  link(@CurrentPlatform() platform: Platform, @PathId() imageId: string, @ValidBody(createLinkSchema) body: CreateLink): Promise<LinkAnswer> {
    return this.access.link(platform.id, imageId, body);
  }

  @Get(':id')
  @ApiOperation({ summary: '凭链接查看照片 / One picture, with a link; each look is recorded' })
  @ApiProduces('image/jpeg', 'image/png', 'image/webp')
  @ApiOkResponse({
    description: 'A copy with a watermark. For a verification: the bytes as kept, with their digest in the journal and the key of it in `X-Image-Digest` and `X-Image-Digest-Key`',
    schema: { type: 'string', format: 'binary' },
  })
  @ApiProblems(400, 403, 404)
  async show(
    @PathId() imageId: string,
    @Query(new ZodPipe(imageQuerySchema)) { link }: ImageQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    response.setHeader('Cache-Control', 'private, no-store').setHeader('X-Content-Type-Options', 'nosniff');
    const { bytes, contentType, digest } = await this.access.open(imageId, link, request.ip ?? '');
    if (digest !== null) response.setHeader('X-Image-Digest', digest.value).setHeader('X-Image-Digest-Key', digest.key.toString('hex'));
    return new StreamableFile(bytes, { type: contentType, length: bytes.length });
  }
}

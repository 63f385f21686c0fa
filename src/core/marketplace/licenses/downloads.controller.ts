import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '../../../infrastructure/config/index.js';
import {
  CurrentUser,
  Public,
  type RequestUser,
  RequirePermission,
} from '../../../infrastructure/http/access/index.js';
import {
  ApiEnvelope,
  ApiFile,
  RawResponse,
  UuidParam,
  WithoutHandlerTimeout,
} from '../../../infrastructure/http/index.js';
import { FileResponse, SignedUrlQueryDto } from '../../../infrastructure/storage/index.js';
import { afterBeginningWasServed } from './download-beginning.js';
import { DownloadsService } from './downloads.service.js';
import { DownloadDto, DownloadQueryDto } from './dto/download.dto.js';

/** Bought files. */
@ApiTags('marketplace')
@Controller('marketplace/download')
export class DownloadsController {
  constructor(
    private readonly downloads: DownloadsService,
    private readonly files: FileResponse,
    private readonly config: AppConfig,
  ) {}

  @Get(':product_id')
  @ApiOperation({ summary: 'A signed link to the original file, with an active licence only' })
  @RequirePermission('downloads.create')
  @ApiEnvelope(DownloadDto, { failures: [400, 404] })
  async createLink(
    @UuidParam('product_id') productId: string,
    @Query() query: DownloadQueryDto,
    @CurrentUser() user: RequestUser,
  ): Promise<DownloadDto> {
    const link = await this.downloads.createLink(user.id, productId, query.track_id);
    return {
      download_url: `${this.config.publicApiUrl}${link.path}`,
      expires_at: link.expiresAt.toISOString(),
    };
  }

  @Get(':product_id/:track_id')
  @ApiOperation({ summary: 'The file behind a signed link, whole or in part' })
  @Public()
  @RawResponse()
  @WithoutHandlerTimeout()
  @ApiFile('audio/*', 400, 403, 404)
  async sendFile(
    @UuidParam('product_id') productId: string,
    @UuidParam('track_id') trackId: string,
    @Query() signature: SignedUrlQueryDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const file = await this.downloads.getFile(productId, trackId, signature);
    afterBeginningWasServed(request, reply, () => void this.downloads.countServed(file.licenseId));
    await this.files.send(request, reply, file);
  }
}

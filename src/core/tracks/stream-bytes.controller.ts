import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../infrastructure/http/access/index.js';
import { ApiFile, RawResponse, UuidParam, WithoutHandlerTimeout } from '../../infrastructure/http/index.js';
import { SignedUrlQueryDto } from '../../infrastructure/storage/index.js';
import { TrackStreamsService } from './track-streams.service.js';

/** The bytes behind the signed links, at the root of the server (design/decisions.md). */
@ApiTags('tracks')
@Controller('stream/:trackId')
export class StreamBytesController {
  constructor(private readonly streams: TrackStreamsService) {}

  @Get()
  @Public()
  @RawResponse()
  @WithoutHandlerTimeout()
  @ApiOperation({ summary: 'Stream the audio behind a signed link' })
  @ApiFile('audio/*', 400, 403, 404)
  stream(
    @UuidParam('trackId') trackId: string,
    @Query() signature: SignedUrlQueryDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.streams.sendStream(trackId, signature, request, reply);
  }
}

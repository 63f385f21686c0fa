import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentUser, OptionalAuth, type RequestUser } from '../../infrastructure/http/access/index.js';
import {
  ApiEnvelope,
  ApiFile,
  RawResponse,
  UuidParam,
  WithoutHandlerTimeout,
} from '../../infrastructure/http/index.js';
import { TrackStreamDto } from './dto/track.dto.js';
import { TrackStreamsService } from './track-streams.service.js';

/** Listening to tracks and taking them along (01 1.3); the server answers HEAD for every GET by itself. */
@ApiTags('tracks')
@Controller('tracks/:id')
export class TrackFilesController {
  constructor(private readonly streams: TrackStreamsService) {}

  @Get('stream')
  @OptionalAuth()
  @ApiOperation({ summary: 'Get a signed link to the audio' })
  @ApiEnvelope(TrackStreamDto, { failures: [400, 404, 422] })
  stream(@UuidParam() id: string, @CurrentUser() user?: RequestUser): Promise<TrackStreamDto> {
    return this.streams.createStreamLink(id, user);
  }

  @Get('download')
  @OptionalAuth()
  @RawResponse()
  @WithoutHandlerTimeout()
  @ApiOperation({ summary: 'Download the original file' })
  @ApiFile('audio/*', 400, 403, 404, 422)
  download(
    @UuidParam() id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @CurrentUser() user?: RequestUser,
  ): Promise<void> {
    return this.streams.sendDownload(id, user, request, reply);
  }

  @Get('cover')
  @OptionalAuth()
  @RawResponse()
  @ApiOperation({ summary: 'Get the cover' })
  @ApiFile('image/*', 400, 404)
  cover(
    @UuidParam() id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @CurrentUser() user?: RequestUser,
  ): Promise<void> {
    return this.streams.sendCover(id, user, request, reply);
  }
}

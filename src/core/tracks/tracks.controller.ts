import { Body, Controller, Delete, Get, Post, Put, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Paginated } from '../../common/pagination/index.js';
import {
  CurrentUser,
  OptionalAuth,
  RequireOwnershipOrAdmin,
  RequirePermission,
  type RequestUser,
} from '../../infrastructure/http/access/index.js';
import {
  AcceptsMultipart,
  ApiEnvelope,
  EndpointLimit,
  ResponseMessage,
  UuidParam,
  WithoutHandlerTimeout,
} from '../../infrastructure/http/index.js';
import { ListTracksQueryDto } from './dto/list-tracks.query.dto.js';
import { TrackDto } from './dto/track.dto.js';
import { CreateTrackFormDto, UpdateTrackDto } from './dto/write-track.dto.js';
import { TrackOwnershipResolver } from './track-ownership.resolver.js';
import { TrackUploadsService } from './track-uploads.service.js';
import { TracksService } from './tracks.service.js';

/** Tracks: the public list, details, upload and ownership (01 1.3). */
@ApiTags('tracks')
@Controller('tracks')
export class TracksController {
  constructor(
    private readonly tracks: TracksService,
    private readonly uploads: TrackUploadsService,
  ) {}

  @Get()
  @OptionalAuth()
  @ApiOperation({ summary: 'List the public tracks' })
  @ApiEnvelope(TrackDto, { paginated: true, failures: [400] })
  list(@Query() query: ListTracksQueryDto, @CurrentUser() user?: RequestUser): Promise<Paginated<TrackDto>> {
    return this.tracks.list(query, user);
  }

  @Get(':id')
  @OptionalAuth()
  @ApiOperation({ summary: 'Show a track' })
  @ApiEnvelope(TrackDto, { failures: [400, 404] })
  get(@UuidParam() id: string, @CurrentUser() user?: RequestUser): Promise<TrackDto> {
    return this.tracks.get(id, user);
  }

  @Post()
  @RequirePermission('tracks.create')
  @EndpointLimit('upload')
  @WithoutHandlerTimeout()
  @ResponseMessage('Track received')
  @ApiOperation({ summary: 'Upload a track; it is processed afterwards' })
  @AcceptsMultipart()
  @ApiBody({ type: CreateTrackFormDto })
  @ApiEnvelope(TrackDto, { status: 201, failures: [400, 413, 415, 422, 503] })
  async create(@Req() request: FastifyRequest, @CurrentUser() user: RequestUser): Promise<TrackDto> {
    return this.tracks.get(await this.uploads.upload(request, user), user);
  }

  @Put(':id')
  @RequirePermission('tracks.update')
  @RequireOwnershipOrAdmin(TrackOwnershipResolver)
  @EndpointLimit('track-change')
  @ApiOperation({ summary: "Change a track's description" })
  @ApiEnvelope(TrackDto, { failures: [400, 422] })
  update(
    @UuidParam() id: string,
    @Body() body: UpdateTrackDto,
    @CurrentUser() user: RequestUser,
  ): Promise<TrackDto> {
    return this.tracks.update(id, body, user);
  }

  @Delete(':id')
  @RequirePermission('tracks.delete')
  @RequireOwnershipOrAdmin(TrackOwnershipResolver)
  @EndpointLimit('track-deletion')
  @ResponseMessage('Track deleted')
  @ApiOperation({ summary: 'Delete a track; buyers keep what they bought' })
  @ApiEnvelope(null, { failures: [400] })
  remove(@UuidParam() id: string): Promise<void> {
    return this.tracks.remove(id);
  }
}

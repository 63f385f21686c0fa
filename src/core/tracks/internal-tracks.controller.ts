import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { InternalKey } from '../../infrastructure/http/access/index.js';
import {
  ApiEnvelope,
  OutsideGlobalLimit,
  ResponseMessage,
  UuidParam,
} from '../../infrastructure/http/index.js';
import { StreamReadyDto } from './dto/stream-ready.dto.js';
import { StreamCallbacksService } from './stream-callbacks.service.js';

/** Called by the stream server with the shared key (S0). */
@ApiTags('internal')
@Controller('internal/tracks')
export class InternalTracksController {
  constructor(private readonly callbacks: StreamCallbacksService) {}

  @Post(':id/stream-ready')
  @HttpCode(200)
  @InternalKey()
  @OutsideGlobalLimit()
  @ResponseMessage('Recorded')
  @ApiOperation({ summary: 'Report that a track can be streamed, or cannot' })
  @ApiEnvelope(null, { failures: [400, 404] })
  streamReady(@UuidParam() id: string, @Body() body: StreamReadyDto): Promise<void> {
    return this.callbacks.report(id, body);
  }
}

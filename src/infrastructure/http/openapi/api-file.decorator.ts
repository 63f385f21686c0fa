import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { ApiFailures } from './api-failures.decorator.js';

/** Documents a route that sends a file: whole, in part (RFC 9110 Range), or not again (ETag). */
export function ApiFile(mediaType: string, ...failures: number[]): MethodDecorator {
  const content = { [mediaType]: { schema: { type: 'string', format: 'binary' } } };
  return applyDecorators(
    ApiHeader({ name: 'Range', required: false, example: 'bytes=0-1023' }),
    ApiHeader({ name: 'If-None-Match', required: false }),
    ApiResponse({ status: 200, description: 'The file', content }),
    ApiResponse({ status: 206, description: 'Part of the file', content }),
    ApiResponse({ status: 304, description: 'The caller has the file already' }),
    ApiFailures(416, ...failures),
  );
}

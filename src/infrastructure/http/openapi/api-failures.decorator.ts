import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { ErrorEnvelopeDto } from './error-envelope.dto.js';

const DESCRIPTIONS: Record<number, string> = {
  400: 'The request is not valid',
  401: 'No valid access token',
  403: 'Not allowed for this caller',
  404: 'Not there, or not for this caller to know of',
  409: 'In conflict with the present state',
  413: 'The body is too large',
  415: 'The content type is not accepted',
  416: 'The range cannot be served',
  422: 'Understood, but not possible',
  429: 'Too many requests',
  503: 'Not available at the moment',
};

/** Documents the error answers of a route; all have the one error shape. */
export const ApiFailures = (...statuses: number[]): ClassDecorator & MethodDecorator =>
  applyDecorators(
    ...statuses.map((status) =>
      ApiResponse({ status, description: DESCRIPTIONS[status], type: ErrorEnvelopeDto }),
    ),
  );

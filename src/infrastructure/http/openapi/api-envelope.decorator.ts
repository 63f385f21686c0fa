import { type Type, applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ApiFailures } from './api-failures.decorator.js';
import { PaginationDto, ResponseMetaDto } from './success-envelope.dto.js';

/** How a success is documented. */
export interface ApiEnvelopeOptions {
  status?: number;
  isArray?: boolean;
  /** A list with `pagination` beside `data`. */
  paginated?: boolean;
  description?: string;
  /** Error statuses that the route answers beside those of its access mark. */
  failures?: number[];
}

type Schema = Record<string, unknown>;

function dataSchema(model: Type | null, isList: boolean): Schema {
  if (model === null) return { type: 'null' };
  const reference = { $ref: getSchemaPath(model) };
  return isList ? { type: 'array', items: reference } : reference;
}

/** Documents the success envelope around a DTO (S4); `null` says that `data` is null. */
export function ApiEnvelope(model: Type | null, options: ApiEnvelopeOptions = {}): MethodDecorator {
  const { status = 200, isArray = false, paginated = false, description, failures = [] } = options;
  const properties: Record<string, Schema> = {
    success: { type: 'boolean', enum: [true] },
    message: { type: 'string' },
    data: dataSchema(model, isArray || paginated),
    ...(paginated ? { pagination: { $ref: getSchemaPath(PaginationDto) } } : {}),
    meta: { $ref: getSchemaPath(ResponseMetaDto) },
  };
  return applyDecorators(
    ApiExtraModels(ResponseMetaDto, PaginationDto, ...(model === null ? [] : [model])),
    ApiResponse({
      status,
      description: description ?? 'Success',
      schema: { type: 'object', required: Object.keys(properties), properties },
    }),
    ApiFailures(429, ...failures),
  );
}

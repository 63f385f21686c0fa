import type { Type } from '@nestjs/common';
import { RequestValidationPipe } from './request-validation.pipe.js';

const pipe = new RequestValidationPipe();

/** Validates what did not arrive as a JSON body (the fields of a multipart form) by the same rules. */
export async function validateBody<T extends object>(dto: Type<T>, value: unknown): Promise<T> {
  return (await pipe.transform(value, { type: 'body', metatype: dto })) as T;
}

import { Injectable, Param, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { validationFailed } from '../../../common/errors/index.js';
import { isUuid } from '../../../common/ids/index.js';

/** Refuses a path parameter that is no UUID: 400 with the parameter's name (09 C5). */
@Injectable()
export class UuidPipe implements PipeTransform<string, string> {
  transform(value: string, { data }: ArgumentMetadata): string {
    if (isUuid(value)) return value.toLowerCase();
    throw validationFailed([{ field: data ?? 'id', message: 'must be a UUID' }]);
  }
}

/** A path parameter that is a UUID. */
export const UuidParam =
  (name = 'id'): ParameterDecorator =>
  (target, method, index) => {
    Param(name, UuidPipe)(target, method, index);
    if (method === undefined) return;
    const descriptor = Object.getOwnPropertyDescriptor(target, method);
    if (descriptor === undefined) return;
    ApiParam({ name, schema: { type: 'string', format: 'uuid' } })(target, method, descriptor);
  };

import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type FieldProblem, validationFailed } from '../../../common/errors/index.js';

/** Half of a character that needs two; JSON can hold it, UTF-8 and PostgreSQL cannot. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Validates and transforms every request by its DTO: unknown properties are refused, and so are the NUL
 * character and halves of characters, which PostgreSQL cannot store.
 */
@Injectable()
export class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      transform: true,
      stopAtFirstError: true,
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => validationFailed(flatten(errors)),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return value;
    if (metadata.type === 'body' && this.toValidate(metadata) && !isObjectOrAbsent(value))
      throw validationFailed([{ field: 'body', message: 'must be an object' }]);
    refuseUnstorable(value, metadata);
    return (await super.transform(value, metadata)) as unknown;
  }
}

function isObjectOrAbsent(body: unknown): boolean {
  return body === undefined || (typeof body === 'object' && body !== null && !Array.isArray(body));
}

function flatten(errors: ValidationError[], prefix = ''): FieldProblem[] {
  return errors.flatMap((error) => {
    const field = prefix === '' ? error.property : `${prefix}.${error.property}`;
    const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
      field,
      message: rule === 'whitelistValidation' ? `${error.property} is not a known property` : message,
    }));
    return [...own, ...flatten(error.children ?? [], field)];
  });
}

function refuseUnstorable(value: unknown, { data, type }: ArgumentMetadata): void {
  const pending: [string, unknown][] = [[data ?? type, value]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [field, content] = next;
    if (typeof content === 'string') refuseText(field, content);
    if (typeof content !== 'object' || content === null || Buffer.isBuffer(content)) continue;
    for (const [key, child] of Object.entries(content)) {
      refuseText(field, key);
      pending.push([key, child]);
    }
  }
}

function refuseText(field: string, text: string): void {
  if (text.includes('\0')) throw validationFailed([{ field, message: 'must not contain the NUL character' }]);
  if (LONE_SURROGATE.test(text)) throw validationFailed([{ field, message: 'must be valid Unicode' }]);
}

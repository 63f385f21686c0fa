import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsDate, MaxDate, MinDate, ValidateIf, isISO8601 } from 'class-validator';

/** Cuts the white space around a text. */
export const Trimmed = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

/** Reads `true` and `false` where a form or a query knows text only. */
export const BooleanText = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value));

/** Reads a number where a form knows text only; other text stays and is refused by its rule. */
export const NumberText = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && value.trim() !== '' ? Number(value) : value,
  );

/** May be left out, but not be null: for fields that always have a value. */
export const Omittable = (): PropertyDecorator =>
  ValidateIf((_object, value: unknown) => value !== undefined);

const FIRST_MOMENT = new Date('0001-01-01T00:00:00.000Z');
const LAST_MOMENT = new Date('9999-12-31T23:59:59.999Z');

/** A date or a moment in ISO 8601, within the years that PostgreSQL and JavaScript both know. */
export const IsMoment = (): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && isISO8601(value, { strict: true }) ? new Date(value) : value,
    ),
    IsDate({ message: '$property must be a date or a moment in ISO 8601' }),
    MinDate(FIRST_MOMENT, { message: '$property must not be before the year 1' }),
    MaxDate(LAST_MOMENT, { message: '$property must not be after the year 9999' }),
  );

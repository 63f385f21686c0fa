import { Transform } from 'class-transformer';

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

import type { ArgumentMetadata } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { DomainError, FieldProblem } from '../../../common/errors/index.js';
import { RequestValidationPipe } from './request-validation.pipe.js';
import { validateBody } from './validate-body.js';

class ItemDto {
  @IsString()
  @MaxLength(5)
  name: string;
}

class SampleDto {
  @IsOptional()
  @IsInt()
  @Type(() => Number)
  count?: number;

  @IsOptional()
  @IsString()
  text?: string;

  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => ItemDto)
  items?: ItemDto[];
}

const pipe = new RequestValidationPipe();
const asBody: ArgumentMetadata = { type: 'body', metatype: SampleDto };
const asQuery: ArgumentMetadata = { type: 'query', metatype: SampleDto };

/** The problems of a refused value. */
const problemsOf = async (value: unknown, metadata = asBody): Promise<FieldProblem[]> => {
  const error = await pipe.transform(value, metadata).then(
    () => null,
    (thrown: unknown) => thrown as DomainError,
  );
  expect(error).toMatchObject({ code: 'VALIDATION_ERROR', kind: 'invalid' });
  return error?.details ?? [];
};

describe('RequestValidationPipe', () => {
  it('makes an object of the class with its types', async () => {
    const dto = await pipe.transform({ count: '3', items: [{ name: 'a' }] }, asQuery);
    expect(dto).toBeInstanceOf(SampleDto);
    expect(dto).toEqual({ count: 3, items: [{ name: 'a' }] });
    expect((dto as SampleDto).items?.[0]).toBeInstanceOf(ItemDto);
  });

  it('takes a missing body for an empty one', async () => {
    await expect(pipe.transform(undefined, asBody)).resolves.toEqual({});
  });

  it('names each wrong field once, with its place', async () => {
    const problems = await problemsOf({ count: 'x', items: [{ name: 'a' }, { name: 'too long' }, {}] });
    expect(problems.map(({ field }) => field)).toEqual(['count', 'items.1.name', 'items.2.name']);
    expect(problems[1]?.message).toContain('5 characters');
  });

  it('refuses unknown properties at every depth', async () => {
    expect(await problemsOf({ colour: 'red', items: [{ name: 'a', price: 1 }] })).toEqual([
      { field: 'colour', message: 'colour is not a known property' },
      { field: 'items.0.price', message: 'price is not a known property' },
    ]);
  });

  it.each([null, 5, 'text', true, [], [[]], [null], [{ text: 'a' }]])('refuses the body %j', async (body) => {
    expect(await problemsOf(body)).toEqual([{ field: 'body', message: 'must be an object' }]);
  });

  it('leaves a body without a class alone', async () => {
    await expect(pipe.transform(['a'], { type: 'body', metatype: Object })).resolves.toEqual(['a']);
  });

  it.each([
    ['NUL', 'a\0b', 'must not contain the NUL character'],
    ['the first half of a character', 'a\ud800b', 'must be valid Unicode'],
    ['the second half of a character', '\udc00', 'must be valid Unicode'],
    ['the halves the wrong way round', '\udc00\ud800', 'must be valid Unicode'],
  ])('refuses %s in values, names and depths', async (_what, text, message) => {
    expect(await problemsOf({ text })).toEqual([{ field: 'text', message }]);
    expect(await problemsOf({ [text]: 1 })).toEqual([{ field: 'body', message }]);
    expect(await problemsOf({ items: [{ name: text }] })).toEqual([{ field: 'name', message }]);
    expect(await problemsOf(text, { type: 'param', metatype: String, data: 'id' })).toEqual([
      { field: 'id', message },
    ]);
    expect(await problemsOf({ text: [text] }, asQuery)).toEqual([{ field: '0', message }]);
  });

  it('lets every whole character through', async () => {
    await expect(pipe.transform({ text: '😀 \u0001 \uffff é' }, asBody)).resolves.toEqual({
      text: '😀 \u0001 \uffff é',
    });
  });

  it('leaves what decorators of our own give alone', async () => {
    const user = { name: 'a\0b' };
    await expect(pipe.transform(user, { type: 'custom', metatype: Object })).resolves.toBe(user);
  });

  it('walks through a body of many levels without recursion', async () => {
    let deep: unknown = 'x\0';
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    expect(await problemsOf({ text: deep })).toEqual([
      { field: '0', message: 'must not contain the NUL character' },
    ]);
  });
});

describe('validateBody', () => {
  it('holds the fields of a form to the same rules', async () => {
    await expect(validateBody(SampleDto, { count: '3' })).resolves.toEqual({ count: 3 });
    await expect(validateBody(SampleDto, { status: 'x' })).rejects.toMatchObject({
      details: [{ field: 'status', message: 'status is not a known property' }],
    });
  });
});

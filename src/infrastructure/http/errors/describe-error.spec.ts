import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common';
import { DomainError, type ErrorKind } from '../../../common/errors/index.js';
import { describeError } from './describe-error.js';
import { STATUS_OF_KIND } from './status-of-kind.js';

const UNEXPECTED = {
  status: 500,
  code: 'INTERNAL_ERROR',
  message: 'Something went wrong on our side',
  details: [],
  isExpected: false,
};
const fastifyError = (code: string, statusCode?: number): Error =>
  Object.assign(new Error(`words of the library about ${code}`), { code, statusCode, name: 'FastifyError' });

describe('describeError', () => {
  it.each(Object.entries(STATUS_OF_KIND))('answers the kind %s with %i', (kind, status) => {
    const error = new DomainError('SOME_CODE', kind as ErrorKind, 'Some words', {
      details: [{ field: 'a', message: 'b' }],
      data: { order_id: '1' },
      retryAfterSeconds: 3,
      cause: new Error('secret'),
    });
    expect(describeError(error)).toEqual({
      status,
      code: 'SOME_CODE',
      message: 'Some words',
      details: [{ field: 'a', message: 'b' }],
      data: { order_id: '1' },
      retryAfterSeconds: 3,
      isExpected: true,
    });
  });

  it.each([
    ['a server that starts', Object.assign(new Error('x'), { driverError: { code: '57P03' } })],
    ['a server that was stopped', Object.assign(new Error('x'), { cause: { code: '57P01' } })],
    ['a refused connection', Object.assign(new Error('x'), { code: 'ECONNREFUSED' })],
    ['a line that broke', new Error('Connection terminated unexpectedly')],
  ])('asks to come again after %s', (_what, error) => {
    expect(describeError(error)).toMatchObject({
      status: 503,
      code: 'SERVICE_UNAVAILABLE',
      retryAfterSeconds: 2,
      isExpected: false,
    });
  });

  it.each([
    ['FST_ERR_CTP_BODY_TOO_LARGE', 413, 'PAYLOAD_TOO_LARGE'],
    ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['FST_ERR_CTP_EMPTY_JSON_BODY', 400, 'MALFORMED_BODY'],
    ['FST_ERR_CTP_INVALID_JSON_BODY', 400, 'MALFORMED_BODY'],
    ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 400, 'MALFORMED_BODY'],
    ['FST_ERR_MAX_PARAM_LENGTH', 404, 'ROUTE_NOT_FOUND'],
    ['FST_ERR_BAD_URL', 400, 'MALFORMED_URL'],
    ['FST_ERR_OF_TOMORROW', 418, 'BAD_REQUEST'],
  ])('puts %s into our words, bare or wrapped by Nest', (code, status, ours) => {
    const bare = fastifyError(code, 418);
    const wrapped = new HttpException(bare.message, 418, { cause: bare });
    for (const error of [bare, wrapped]) {
      const description = describeError(error);
      expect(description).toMatchObject({ status, code: ours, details: [], isExpected: true });
      expect(description.message).not.toMatch(/library|FST_/);
    }
  });

  it.each([
    [400, 'MALFORMED_BODY'],
    [401, 'AUTH_TOKEN_INVALID'],
    [403, 'AUTH_INSUFFICIENT_PERMISSIONS'],
    [404, 'ROUTE_NOT_FOUND'],
    [405, 'METHOD_NOT_ALLOWED'],
    [409, 'BAD_REQUEST'],
    [413, 'PAYLOAD_TOO_LARGE'],
    [415, 'UNSUPPORTED_MEDIA_TYPE'],
    [429, 'RATE_LIMIT_EXCEEDED'],
    [503, 'SERVICE_UNAVAILABLE'],
  ])("has words of its own for Nest's %i", (status, code) => {
    const description = describeError(new HttpException('Cannot GET /x', status));
    expect(description).toMatchObject({ status, code, isExpected: true });
    expect(description.message).not.toContain('Cannot');
  });

  it("tells nothing of Nest's messages", () => {
    expect(describeError(new NotFoundException('Cannot GET /x')).message).toBe('There is no such route');
    expect(describeError(new BadRequestException(['a must be b'])).details).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['an error', new Error('password=hunter2')],
    [
      "a provider's error with a status",
      Object.assign(new Error('No such charge'), { statusCode: 404, code: 'x' }),
    ],
    [
      "a provider's error with a status and no code",
      Object.assign(new Error('Bad key'), { statusCode: 401 }),
    ],
    ["Nest's 500", new HttpException('boom', 500)],
    ["Nest's 502", new HttpException('boom', 502)],
    ['a Fastify failure of ours', fastifyError('FST_ERR_SEND_UNDEFINED_ERR', 500)],
    ['a Fastify error without a status', fastifyError('FST_ERR_OF_TOMORROW')],
    ['a string', 'boom'],
    ['null', null],
    ['undefined', undefined],
    ['a number', 404],
  ])('is opaque about %s', (_what, error) => {
    expect(describeError(error)).toEqual(UNEXPECTED);
  });
});

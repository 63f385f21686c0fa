import fc from 'fast-check';
import { parseConfig } from '../../config/index.js';
import { CursorCodec } from './cursor-codec.js';

const codecOf = (secret: string): CursorCodec =>
  new CursorCodec(
    parseConfig({
      APP_ENV: 'test',
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
      JWT_SECRET: secret,
    }),
  );
const codec = codecOf('only-for-the-test-suite-0123456789abcdef');
const INVALID = expect.objectContaining({
  code: 'INVALID_CURSOR',
  kind: 'invalid',
  details: [{ field: 'cursor', message: 'is not a cursor of this list' }],
}) as Error;

describe('CursorCodec', () => {
  it('gives back what it was given, of any text and number', () => {
    const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.constant(null));
    fc.assert(
      fc.property(fc.string(), fc.array(value, { maxLength: 4 }), (scope, values) => {
        expect(codec.decode(scope, codec.encode(scope, values))).toEqual(values);
      }),
    );
  });

  it('fits into a query as it is', () => {
    expect(codec.encode('tracks|title', ['ü/+?=&', 7])).toMatch(/^[\w-]+$/);
  });

  it('does not open the cursor of another list, another sort or another installation', () => {
    const cursor = codec.encode('tracks|title', ['a', 'id']);
    for (const scope of ['tracks|created_at', 'orders|title', 'tracks|titl', ''])
      expect(() => codec.decode(scope, cursor)).toThrow(INVALID);
    const stranger = codecOf('another-installation-0123456789abcdefgh');
    expect(() => stranger.decode('tracks|title', cursor)).toThrow(INVALID);
  });

  it('does not take the end of the scope for the beginning of the values', () => {
    const cursor = codec.encode('a', ['b']);
    const payload = Buffer.from(cursor, 'base64url').subarray(16).toString();
    expect(() => codec.decode(`a\0${payload}`, cursor.slice(0, 22))).toThrow(INVALID);
  });

  it('refuses a cursor with any bit changed', () => {
    const bytes = Buffer.from(codec.encode('tracks', ['2026-01-01T00:00:00.000Z', 'id']), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => codec.decode('tracks', changed.toString('base64url'))).toThrow(INVALID);
    }
  });

  it.each(['', 'x', '????', 'A'.repeat(21), 'A'.repeat(22), 'A'.repeat(1024), '\0', 'ü'])(
    'refuses %j',
    (cursor) => {
      expect(() => codec.decode('tracks', cursor)).toThrow(INVALID);
    },
  );
});

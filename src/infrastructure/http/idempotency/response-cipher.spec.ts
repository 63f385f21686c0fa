import { parseConfig } from '../../config/index.js';
import { ResponseCipher } from './response-cipher.js';

const cipherOf = (secret: string): ResponseCipher =>
  new ResponseCipher(
    parseConfig({ APP_ENV: 'test', DATABASE_URL: 'postgres://x@localhost/x', JWT_SECRET: secret }),
  );

describe('ResponseCipher', () => {
  const cipher = cipherOf('kq3Zr8Wm1Xv6Tn4Yb9Lc2Pd7Hs5Jg0Fa');

  it('gives back what it sealed, in the same order of keys', () => {
    const sealed = cipher.seal({ status: 201, body: { b: 1, a: 'pay_1_secret_2' } });
    expect(sealed.toString('latin1')).not.toContain('secret');
    expect(JSON.stringify(cipher.open(sealed))).toBe('{"status":201,"body":{"b":1,"a":"pay_1_secret_2"}}');
  });

  it('opens nothing that was changed or sealed with another key', () => {
    const sealed = cipher.seal({ status: 200, body: { a: 1 } });
    const changed = Buffer.from(sealed);
    changed[sealed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(cipher.open(changed)).toBeNull();
    expect(cipherOf('another-secret-of-32-characters-x').open(sealed)).toBeNull();
    expect(cipher.open(Buffer.alloc(3))).toBeNull();
  });
});

import { TestClock } from '../../../test/support/test-clock.js';
import { parseConfig } from '../config/index.js';
import { type UrlSignature, UrlSigner } from './url-signer.js';

const NOW = new Date('2026-03-04T05:06:07.890Z');
const KEY = 'tracks/1/original.mp3';

describe('UrlSigner', () => {
  let clock: TestClock;
  const signerOf = (env: Record<string, string> = {}): UrlSigner =>
    new UrlSigner(
      parseConfig({
        APP_ENV: 'test',
        DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
        JWT_SECRET: 'only-for-the-test-suite-0123456789abcdef',
        SIGNED_URL_TTL: '10m',
        ...env,
      }),
      clock,
    );

  beforeEach(() => {
    clock = new TestClock();
    clock.freeze(NOW);
  });

  it('signs as design/decisions.md says, so that another program can check it', () => {
    const signer = signerOf({ SIGNED_URL_SECRET: 'a-secret-of-thirty-two-characters' });
    expect(signer.sign(KEY, 'viewer-1')).toEqual({
      exp: 1_772_601_367,
      sub: 'viewer-1',
      // printf 'v1|tracks/1/original.mp3|viewer-1|1772601367' | openssl dgst -sha256 -hmac a-secret-of-thirty-two-characters
      sig: '22f8941b6de38458632b131f0d72fbb9280f71804979854bfd23484e5804de08',
    });
  });

  it('holds until SIGNED_URL_TTL has passed', () => {
    const signer = signerOf();
    const signature = signer.sign(KEY);
    expect(signature.sub).toBe('*');
    expect(signer.verify(KEY, signature)).toBe(true);
    clock.advance(599_000);
    expect(signer.verify(KEY, signature)).toBe(true);
    clock.advance(1_000);
    expect(signer.verify(KEY, signature)).toBe(false);
  });

  it.each<[string, string, (signature: UrlSignature) => UrlSignature]>([
    ['another file', 'tracks/2/original.mp3', (signature) => signature],
    ['a longer time', KEY, (signature) => ({ ...signature, exp: signature.exp + 1 })],
    ['another viewer', KEY, (signature) => ({ ...signature, sub: 'viewer-2' })],
    ['everybody', KEY, (signature) => ({ ...signature, sub: '*' })],
    [
      'a changed signature',
      KEY,
      (signature) => ({ ...signature, sig: `0${signature.sig.slice(1)}`.replace(/^00/, '01') }),
    ],
    ['half a signature', KEY, (signature) => ({ ...signature, sig: signature.sig.slice(0, 32) })],
    ['a longer signature', KEY, (signature) => ({ ...signature, sig: `${signature.sig}00` })],
    ['no signature', KEY, (signature) => ({ ...signature, sig: '' })],
    ['letters that are no hexadecimal', KEY, (signature) => ({ ...signature, sig: 'z'.repeat(64) })],
  ])('does not hold for %s', (_what, key, change) => {
    const signer = signerOf();
    const signature = signer.sign(KEY, 'viewer-1');
    expect(signer.verify(KEY, signature)).toBe(true);
    expect(signer.verify(key, change(signature))).toBe(false);
  });

  it('does not hold with another secret', () => {
    const signature = signerOf().sign(KEY);
    expect(signerOf({ SIGNED_URL_SECRET: 'a-secret-of-thirty-two-characters' }).verify(KEY, signature)).toBe(
      false,
    );
    expect(signerOf({ JWT_SECRET: 'another-installation-0123456789abcdefgh' }).verify(KEY, signature)).toBe(
      false,
    );
  });
});

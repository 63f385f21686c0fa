import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { itWhen } from '../../../../../test/support/skips.js';
import { isSignedByHyperswitch } from './hyperswitch-signature.js';

const SECRET = 'a profile key';
const realDelivery = join(
  process.env.CONTRACTS_DIR ?? '../shared/contracts',
  'hyperswitch-refund-succeeded.webhook.json',
);

/** What another implementation signs: openssl over the file's bytes. */
function opensslSignature(body: Buffer, secret = SECRET): string {
  const folder = mkdtempSync(join(tmpdir(), 'signature-'));
  try {
    writeFileSync(join(folder, 'body'), body);
    const output = execFileSync('openssl', ['dgst', '-sha512', '-hmac', secret, join(folder, 'body')], {
      encoding: 'utf8',
    });
    return output.trim().split('= ')[1] ?? '';
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe('the signature of Hyperswitch', () => {
  // Numbers and escapes that another JSON writer would write differently.
  const body = Buffer.from('{"a":1.0,"e":"\\u00e9","n":1e2 }');

  itWhen(
    hasOpenssl,
    'openssl is not installed',
    'is the one that openssl makes over the same bytes',
    async () => {
      expect(isSignedByHyperswitch(body, opensslSignature(body), [SECRET])).toBe(true);
    },
  );

  itWhen(
    hasOpenssl && existsSync(realDelivery),
    `openssl or ${realDelivery} is not there`,
    'fits a real delivery byte by byte',
    async () => {
      const real = readFileSync(realDelivery);
      const signature = opensslSignature(real);
      expect(isSignedByHyperswitch(real, signature, [SECRET])).toBe(true);
      const spaced = Buffer.concat([real, Buffer.from(' ')]);
      expect(isSignedByHyperswitch(spaced, signature, [SECRET])).toBe(false);
    },
  );

  itWhen(hasOpenssl, 'openssl is not installed', 'does not survive re-writing the JSON', async () => {
    const rewritten = Buffer.from(JSON.stringify(JSON.parse(body.toString())));
    expect(isSignedByHyperswitch(rewritten, opensslSignature(body), [SECRET])).toBe(false);
  });

  itWhen(
    hasOpenssl,
    'openssl is not installed',
    'takes the new and the previous secret, and no empty one',
    async () => {
      const signature = opensslSignature(body);
      expect(isSignedByHyperswitch(body, signature, ['the new one', SECRET])).toBe(true);
      expect(isSignedByHyperswitch(body, signature, ['the new one'])).toBe(false);
      expect(isSignedByHyperswitch(body, signature, [])).toBe(false);
      expect(isSignedByHyperswitch(body, signature, [''])).toBe(false);
    },
  );

  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['too short', 'ab'],
    ['in upper case', 'A'.repeat(128)],
    ['no hex', 'z'.repeat(128)],
    ['another value', '0'.repeat(128)],
  ])('is refused when it is %s', (_what, signature) => {
    expect(isSignedByHyperswitch(body, signature, [SECRET])).toBe(false);
  });
});

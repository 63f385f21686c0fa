import { PasswordHasher } from './password-hasher.js';

describe('PasswordHasher', () => {
  const hasher = new PasswordHasher();
  beforeAll(() => hasher.onModuleInit());

  it('makes argon2id hashes with the agreed cost, each with a salt of its own', async () => {
    const [first, second] = await Promise.all([
      hasher.hash('walnut!harbour-9'),
      hasher.hash('walnut!harbour-9'),
    ]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(second).not.toBe(first);
  });

  it('knows the right password from a wrong one, beyond 72 bytes too', async () => {
    const long = `${'a'.repeat(100)}!`;
    const stored = await hasher.hash(long);
    expect(await hasher.verify(stored, long)).toBe(true);
    expect(await hasher.verify(stored, `${'a'.repeat(100)}?`)).toBe(false);
  });

  it('answers no for an account that does not exist, whatever is sent', async () => {
    expect(await hasher.verify(null, 'an account that does not exist')).toBe(false);
  });

  it('refuses with 503 when too many wait, and serves those that waited', async () => {
    const stored = await hasher.hash('walnut!harbour-9');
    const answers = await Promise.allSettled(
      Array.from({ length: 160 }, () => hasher.verify(stored, 'walnut!harbour-9')),
    );
    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(50);
    expect(refused[0]?.reason).toMatchObject({
      code: 'AUTH_BUSY',
      kind: 'unavailable',
      retryAfterSeconds: 2,
    });
    const served = answers.filter((answer) => answer.status === 'fulfilled');
    expect(served.every((answer) => answer.value)).toBe(true);
    expect(await hasher.verify(stored, 'walnut!harbour-9')).toBe(true);
  });

  it('leaves the event loop free while it works', async () => {
    let turns = 0;
    const state = { isDone: false };
    const work = Promise.all(Array.from({ length: 8 }, () => hasher.hash('walnut!harbour-9'))).then(() => {
      state.isDone = true;
    });
    while (!state.isDone) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      turns += 1;
    }
    await work;
    expect(turns).toBeGreaterThan(100);
  });
});

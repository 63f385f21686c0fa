import { SessionCache } from './session-cache.js';

interface State {
  userId: string;
  version: number;
}

function setUp() {
  const stored = new Map<string, State>([
    ['s1', { userId: 'u1', version: 1 }],
    ['s2', { userId: 'u2', version: 1 }],
  ]);
  const loads: string[] = [];
  const time = { nowMs: 0 };
  const load = jest.fn(async (id: string) => {
    loads.push(id);
    return stored.get(id) ?? null;
  });
  const cache = new SessionCache<State>(load, 2_000, () => time.nowMs);
  return { stored, loads, time, load, cache };
}

describe('SessionCache', () => {
  it('keeps a state for two seconds and not longer', async () => {
    const { cache, time } = setUp();
    await cache.fetch('s1');
    time.nowMs = 1_999;
    expect(cache.peek('s1')).toEqual({ userId: 'u1', version: 1 });
    time.nowMs = 2_000;
    expect(cache.peek('s1')).toBeUndefined();
  });

  it('counts the age from the start of the loading', async () => {
    const { cache, time, load } = setUp();
    load.mockImplementationOnce(async () => {
      time.nowMs = 1_500;
      return { userId: 'u1', version: 1 };
    });
    await cache.fetch('s1');
    time.nowMs = 2_100;
    expect(cache.peek('s1')).toBeUndefined();
  });

  it('loads once for parallel readers', async () => {
    const { cache, loads } = setUp();
    await Promise.all([cache.fetch('s1'), cache.fetch('s1'), cache.fetch('s1')]);
    expect(loads).toEqual(['s1']);
  });

  it('remembers that there is no such session', async () => {
    const { cache } = setUp();
    expect(await cache.fetch('none')).toBeNull();
    expect(cache.peek('none')).toBeNull();
  });

  it('forgets one session', async () => {
    const { cache } = setUp();
    await cache.fetch('s1');
    await cache.fetch('s2');
    cache.forget('s1');
    expect(cache.peek('s1')).toBeUndefined();
    expect(cache.peek('s2')).toBeDefined();
  });

  it('forgets every session of one user', async () => {
    const { cache } = setUp();
    await cache.fetch('s1');
    await cache.fetch('s2');
    cache.forgetUser('u2');
    expect(cache.peek('s1')).toBeDefined();
    expect(cache.peek('s2')).toBeUndefined();
  });

  it('does not keep what was being loaded when the session was forgotten', async () => {
    const { cache, stored, load } = setUp();
    let release: () => void = () => undefined;
    load.mockImplementationOnce(async (id) => {
      const read = stored.get(id) ?? null;
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return read;
    });
    const before = cache.fetch('s1');
    stored.set('s1', { userId: 'u1', version: 2 });
    cache.forgetUser('u1');
    const after = cache.fetch('s1');
    release();
    expect((await before)?.version).toBe(1);
    expect((await after)?.version).toBe(2);
    expect(cache.peek('s1')?.version).toBe(2);
  });

  it('keeps nothing of a loading that failed', async () => {
    const { cache, load } = setUp();
    load.mockRejectedValueOnce(new Error('no database'));
    await expect(cache.fetch('s1')).rejects.toThrow('no database');
    expect(cache.peek('s1')).toBeUndefined();
    expect(await cache.fetch('s1')).toEqual({ userId: 'u1', version: 1 });
  });

  it('does not grow without end', async () => {
    const { cache, stored } = setUp();
    for (let index = 0; index <= 10_000; index += 1) {
      stored.set(`n${index}`, { userId: 'u', version: 1 });
      await cache.fetch(`n${index}`);
    }
    expect(cache.peek('n0')).toBeUndefined();
    expect(cache.peek('n10000')).toBeDefined();
  });
});

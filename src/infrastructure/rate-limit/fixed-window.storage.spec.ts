import { FixedWindowStorage } from './fixed-window.storage.js';

describe('FixedWindowStorage', () => {
  beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => jest.useRealTimers());

  it('blocks the hit after the limit and tells when to come back', async () => {
    const storage = new FixedWindowStorage();
    await storage.increment('ip', 10_000, 2);
    expect(await storage.increment('ip', 10_000, 2)).toMatchObject({ totalHits: 2, isBlocked: false });
    jest.advanceTimersByTime(4_000);
    expect(await storage.increment('ip', 10_000, 2)).toEqual({
      totalHits: 3,
      timeToExpire: 6,
      isBlocked: true,
      timeToBlockExpire: 6,
    });
  });

  it('begins anew when the window is over', async () => {
    const storage = new FixedWindowStorage();
    await storage.increment('ip', 1_000, 1);
    jest.advanceTimersByTime(1_000);
    expect(await storage.increment('ip', 1_000, 1)).toMatchObject({ totalHits: 1, isBlocked: false });
  });

  it('counts keys apart', async () => {
    const storage = new FixedWindowStorage();
    await storage.increment('a', 1_000, 1);
    expect(await storage.increment('b', 1_000, 1)).toMatchObject({ isBlocked: false });
  });
});

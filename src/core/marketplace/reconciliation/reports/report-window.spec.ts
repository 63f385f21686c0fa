import { dayBefore, windowOf } from './report-window.js';

describe('the window of a reconciliation report', () => {
  it('is the seven days that end with its day, in UTC', () => {
    expect(windowOf('2026-03-01')).toEqual({
      from: new Date('2026-02-23T00:00:00.000Z'),
      to: new Date('2026-03-02T00:00:00.000Z'),
    });
  });

  it('knows the day before, also across months', () => {
    expect(dayBefore(new Date('2026-03-01T03:40:00.000Z'))).toBe('2026-02-28');
    expect(dayBefore(new Date('2026-01-01T00:00:00.000Z'))).toBe('2025-12-31');
  });
});

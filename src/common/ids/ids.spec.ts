import { isUuid, newId, newUlid } from './ids.js';

describe('ids', () => {
  it('makes lower-case ULIDs of 26 characters that never repeat and use the whole alphabet', () => {
    const made = Array.from({ length: 5_000 }, newUlid);
    expect(new Set(made).size).toBe(made.length);
    expect(made.every((id) => /^[0-9a-hjkmnp-tv-z]{26}$/.test(id))).toBe(true);
    expect(new Set(made.flatMap((id) => [...id.slice(10)])).size).toBe(32);
  });

  it('knows a UUID', () => {
    expect(isUuid(newId())).toBe(true);
    expect(isUuid('1')).toBe(false);
    expect(isUuid(`${newId()} OR 1=1`)).toBe(false);
  });
});

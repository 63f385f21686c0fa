import { termsOf } from './license-terms.js';
import { LICENSE_TYPES } from './product.types.js';

describe('the terms of licence tiers', () => {
  it('has an edition and names its tier for each of them', () => {
    for (const licenseType of LICENSE_TYPES) {
      expect(termsOf(licenseType)).toMatchObject({ version: 1, licenseType, files: ['original'] });
    }
  });

  it('is exclusive in one tier alone', () => {
    expect(LICENSE_TYPES.filter((licenseType) => termsOf(licenseType).isExclusive)).toEqual(['exclusive']);
  });

  it('includes with each tier at least what the one below includes', () => {
    const limits = LICENSE_TYPES.map(termsOf).map(({ maxCopies, maxStreams }) => [
      maxCopies ?? Infinity,
      maxStreams ?? Infinity,
    ]);
    limits.slice(1).forEach(([copies, streams], index) => {
      expect(copies).toBeGreaterThanOrEqual(limits[index]![0]!);
      expect(streams).toBeGreaterThanOrEqual(limits[index]![1]!);
    });
  });
});

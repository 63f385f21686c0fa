import { newLicenseNumber, parseLicenseNumber } from './license-number.js';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

describe('the number of a licence', () => {
  it('has a prefix and three groups of four that cannot be misread, and never repeats', () => {
    const numbers = Array.from({ length: 5_000 }, newLicenseNumber);
    for (const number of numbers) {
      expect(number).toMatch(/^VZ(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
      expect(parseLicenseNumber(number)).toBe(number);
    }
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(new Set(numbers.flatMap((number) => [...number.slice(3, -1)])).size).toBe(33);
  });

  it('has a check character that does not depend on our own code', () => {
    // By hand: every second character from the right doubled; Z doubled is 62 = 1 * 32 + 30, so 31.
    expect(parseLicenseNumber('VZ-0000-0000-0000')).toBe('VZ-0000-0000-0000');
    expect(parseLicenseNumber('VZ-0000-0000-001Y')).toBe('VZ-0000-0000-001Y');
    expect(parseLicenseNumber('VZ-0000-0000-00Z1')).toBe('VZ-0000-0000-00Z1');
    expect(parseLicenseNumber('VZ-0000-0000-0Z01')).toBe('VZ-0000-0000-0Z01');
  });

  it('is known again however it is typed', () => {
    const number = newLicenseNumber();
    const bare = number.replaceAll('-', '');
    const confused = number.replaceAll('0', 'o').replaceAll('1', 'l');
    for (const typed of [
      number.toLowerCase(),
      bare,
      bare.slice(2),
      ` ${number} `,
      confused,
      number.slice(3),
    ]) {
      expect(parseLicenseNumber(typed)).toBe(number);
    }
  });

  it('may itself begin with the letters of the prefix', () => {
    expect(parseLicenseNumber('VZ000000000A')).toBe('VZ-VZ00-0000-000A');
  });

  it('is nothing with one wrong character', () => {
    const body = newLicenseNumber().replaceAll('-', '').slice(2);
    for (let place = 0; place < body.length; place += 1) {
      for (const other of ALPHABET.replace(body.charAt(place), '')) {
        expect(parseLicenseNumber(body.slice(0, place) + other + body.slice(place + 1))).toBeNull();
      }
    }
  });

  it.each([
    '',
    'VZ',
    'VZ-0000-0000-00',
    'VZ-0000-0000-0000-0',
    'VZ-0000-0000-000U',
    'VZ-0000-0000-000€',
    '%00',
  ])('is not %p', (typed) => {
    expect(parseLicenseNumber(typed)).toBeNull();
  });
});

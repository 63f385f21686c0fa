import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROFILE_COMPLETION_WEIGHTS, completionOf } from './profile-completion.js';

const EMPTY = {
  avatar: null,
  bio: null,
  display_name: null,
  first_name: null,
  last_name: null,
  social_links: {},
  location: null,
  website: null,
  skills: [],
};

describe('completionOf', () => {
  it('adds up to 100', () => {
    expect(Object.values(PROFILE_COMPLETION_WEIGHTS).reduce((sum, weight) => sum + weight, 0)).toBe(100);
  });

  it('is 0 for a new profile and names everything, the heaviest first', () => {
    const { percentage, missingFields, completedFields } = completionOf(EMPTY);
    expect(percentage).toBe(0);
    expect(completedFields).toEqual([]);
    const weights = missingFields.map((field) => PROFILE_COMPLETION_WEIGHTS[field]);
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
    expect(missingFields).toHaveLength(9);
  });

  it('counts what is filled in', () => {
    const { percentage, completedFields } = completionOf({ ...EMPTY, bio: 'Drums', skills: ['mixing'] });
    expect(percentage).toBe(25);
    expect(completedFields).toEqual(['bio', 'skills']);
  });

  it('does not count blanks', () => {
    const blank = { ...EMPTY, bio: '  ', social_links: { twitter: '' }, skills: [''] };
    expect(completionOf(blank).percentage).toBe(0);
  });

  it('is 100 with every field', () => {
    const full = {
      avatar: 'https://example.com/a.png',
      bio: 'b',
      display_name: 'd',
      first_name: 'f',
      last_name: 'l',
      social_links: { instagram: 'i' },
      location: 'Lyon',
      website: 'https://example.com',
      skills: ['mixing'],
    };
    expect(completionOf(full)).toMatchObject({ percentage: 100, missingFields: [] });
  });
});

describe('docs/users.md', () => {
  it('has the same weights in its table', () => {
    const text = readFileSync(join(process.cwd(), 'docs/users.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `(\w+)` +\| +(\d+) +\|$/gm)].map(([, field, weight]) => [
      field,
      Number(weight),
    ]);
    expect(rows).toEqual(Object.entries(PROFILE_COMPLETION_WEIGHTS));
  });
});

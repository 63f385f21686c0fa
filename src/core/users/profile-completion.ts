import type { PublicProfileDto } from './dto/profile.dto.js';

/**
 * Which fields make a profile complete, and what each is worth; the weights add up to 100. Only public
 * fields count, so that the answer tells a stranger nothing that the profile does not.
 */
export const PROFILE_COMPLETION_WEIGHTS = {
  avatar: 20,
  bio: 20,
  display_name: 15,
  first_name: 10,
  last_name: 10,
  social_links: 10,
  location: 5,
  website: 5,
  skills: 5,
} as const satisfies Partial<Record<keyof PublicProfileDto, number>>;

type CompletionField = keyof typeof PROFILE_COMPLETION_WEIGHTS;

/** How far a profile is filled in, 0 to 100, and what is missing, the heaviest first. */
export interface ProfileCompletion {
  percentage: number;
  completedFields: CompletionField[];
  missingFields: CompletionField[];
}

/** Measures a profile by the table above. */
export function completionOf(profile: Pick<PublicProfileDto, CompletionField>): ProfileCompletion {
  const fields = Object.keys(PROFILE_COMPLETION_WEIGHTS) as CompletionField[];
  const completedFields = fields.filter((field) => isFilled(profile[field]));
  const missingFields = fields.filter((field) => !completedFields.includes(field));
  const percentage = completedFields.reduce((sum, field) => sum + PROFILE_COMPLETION_WEIGHTS[field], 0);
  return { percentage, completedFields, missingFields };
}

function isFilled(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value === 'string') return value.trim() !== '';
  return Object.values(value).some(isFilled);
}

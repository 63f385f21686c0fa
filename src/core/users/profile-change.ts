import type { UpdateProfileDto } from './dto/update-profile.dto.js';
import type { ProfileColumns } from './users.repository.js';

/** The columns behind the fields that were sent; fields that were left out stay as they are. */
export function columnsOf(change: UpdateProfileDto): ProfileColumns {
  const columns: ProfileColumns = {
    username: change.username,
    email: change.email,
    firstName: change.first_name,
    lastName: change.last_name,
    displayName: change.display_name,
    bio: change.bio,
    avatar: change.avatar,
    location: change.location,
    website: change.website,
    timezone: change.timezone,
    language: change.language,
    socialLinks: change.social_links,
    skills: change.skills,
    preferences: change.preferences,
  };
  return Object.fromEntries(Object.entries<unknown>(columns).filter(([, value]) => value !== undefined));
}

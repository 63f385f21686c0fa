import { ApiProperty } from '@nestjs/swagger';
import { USER_ROLES, type UserRole } from '../user-role.js';

/** Accounts at other services. */
export class SocialLinksDto {
  @ApiProperty({ required: false, example: 'nova' })
  twitter?: string;

  @ApiProperty({ required: false })
  instagram?: string;

  @ApiProperty({ required: false })
  soundcloud?: string;
}

/** What everybody may know of a user: no address, no role, no state of the account (10.2.4). */
export class PublicProfileDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'nova' })
  username: string;

  @ApiProperty({ type: String, nullable: true })
  display_name: string | null;

  @ApiProperty({ type: String, nullable: true })
  first_name: string | null;

  @ApiProperty({ type: String, nullable: true })
  last_name: string | null;

  @ApiProperty({ type: String, nullable: true })
  bio: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'URL of the picture' })
  avatar: string | null;

  @ApiProperty({ type: String, nullable: true })
  location: string | null;

  @ApiProperty({ type: String, nullable: true })
  website: string | null;

  @ApiProperty({ type: SocialLinksDto })
  social_links: SocialLinksDto;

  @ApiProperty({ type: [String] })
  skills: string[];

  @ApiProperty({ type: String, format: 'date-time' })
  created_at: Date;
}

/** A user's own profile; the password hash is not part of it. */
export class OwnProfileDto extends PublicProfileDto {
  @ApiProperty({ example: 'nova@example.com' })
  email: string;

  @ApiProperty({ enum: USER_ROLES })
  role: UserRole;

  @ApiProperty()
  is_active: boolean;

  @ApiProperty({ description: 'The mail address is verified' })
  is_verified: boolean;

  @ApiProperty({ type: String, nullable: true, example: 'Europe/Paris' })
  timezone: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'fr' })
  language: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true })
  preferences: Record<string, unknown>;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  last_login_at: Date | null;

  @ApiProperty({ type: String, format: 'date-time' })
  updated_at: Date;
}

import { ApiProperty } from '@nestjs/swagger';
import { OwnProfileDto } from '../../users/index.js';
import type { IssuedTokens } from '../sessions/issued-tokens.js';

/** A pair of tokens (01 1.1, 09 C22). */
export class TokensDto {
  @ApiProperty({ description: 'JWT, to be sent as `Authorization: Bearer`' })
  access_token: string;

  @ApiProperty({ description: 'Opaque; each one is exchanged once' })
  refresh_token: string;

  @ApiProperty({ enum: ['Bearer'] })
  token_type: 'Bearer';

  @ApiProperty({ type: 'integer', example: 900, description: 'Life of the access token in seconds' })
  expires_in: number;
}

/** The answer to signing in. */
export class LoginAnswerDto extends TokensDto {
  @ApiProperty({ type: OwnProfileDto })
  user: OwnProfileDto;
}

/** The answer to registering (09 C21). */
export class RegisterAnswerDto extends LoginAnswerDto {
  @ApiProperty({ format: 'uuid' })
  user_id: string;

  @ApiProperty()
  username: string;

  @ApiProperty()
  email: string;
}

/** Whether a name is free. */
export class UsernameAvailabilityDto {
  @ApiProperty()
  available: boolean;
}

/** Tokens as the answers show them. */
export const toTokensDto = ({ accessToken, refreshToken, expiresInSeconds }: IssuedTokens) => ({
  access_token: accessToken,
  refresh_token: refreshToken,
  token_type: 'Bearer' as const,
  expires_in: expiresInSeconds,
});

import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, Length, Matches, MaxLength, MinLength } from 'class-validator';
import { Trimmed } from '../../../infrastructure/http/index.js';
import { IsMailAddress, IsUsername } from '../../users/index.js';
import { PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH, PASSWORD_SPECIAL } from '../passwords/password-rules.js';

const MAX_REFRESH_TOKEN_LENGTH = 255;

const OptionalName = (): PropertyDecorator =>
  applyDecorators(
    Trimmed(),
    IsOptional(),
    IsString(),
    Length(1, 50),
    ApiPropertyOptional({ minLength: 1, maxLength: 50 }),
  );

/** A new account (S4, H). */
export class RegisterDto {
  @IsUsername()
  username: string;

  @IsMailAddress()
  email: string;

  @ApiProperty({
    minLength: PASSWORD_MIN_LENGTH,
    maxLength: PASSWORD_MAX_LENGTH,
    pattern: PASSWORD_SPECIAL.source,
    example: 'walnut!harbour-9',
    description: 'None of the most common passwords, without the user name and the mail address (09 C64)',
  })
  @IsString()
  @MinLength(PASSWORD_MIN_LENGTH)
  @MaxLength(PASSWORD_MAX_LENGTH)
  @Matches(PASSWORD_SPECIAL, { message: 'password must contain at least one of !@#$%^&*' })
  password: string;

  @OptionalName()
  first_name?: string;

  @OptionalName()
  last_name?: string;
}

/** Signing in. */
export class LoginDto {
  @IsMailAddress()
  email: string;

  @ApiProperty({ maxLength: PASSWORD_MAX_LENGTH })
  @IsString()
  @Length(1, PASSWORD_MAX_LENGTH)
  password: string;

  @ApiPropertyOptional({ default: false, description: 'Stay signed in for 30 days without being used' })
  @IsOptional()
  @IsBoolean()
  remember_me?: boolean;
}

/** A refresh token to be exchanged. */
export class RefreshDto {
  @ApiProperty({ maxLength: MAX_REFRESH_TOKEN_LENGTH })
  @IsString()
  @Length(1, MAX_REFRESH_TOKEN_LENGTH)
  refresh_token: string;
}

/** What to sign out of besides the present session. */
export class LogoutDto {
  @ApiPropertyOptional({ maxLength: MAX_REFRESH_TOKEN_LENGTH, description: 'Ends its session as well' })
  @IsOptional()
  @IsString()
  @Length(1, MAX_REFRESH_TOKEN_LENGTH)
  refresh_token?: string;

  @ApiPropertyOptional({ default: false, description: 'Ends every session of the account' })
  @IsOptional()
  @IsBoolean()
  all_devices?: boolean;
}

/** A name that somebody thinks of taking. */
export class CheckUsernameDto {
  @IsUsername()
  username: string;
}

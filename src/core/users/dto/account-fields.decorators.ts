import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsEmail, IsString, Length, Matches, MaxLength } from 'class-validator';
import { Trimmed } from '../../../infrastructure/http/index.js';

/** A user name: 3 to 50 letters and digits (S4, 09 C54), trimmed. */
export const IsUsername = (): PropertyDecorator =>
  applyDecorators(
    Trimmed(),
    IsString(),
    Length(3, 50),
    Matches(/^[A-Za-z0-9]+$/, { message: 'username must contain only letters and digits' }),
    ApiProperty({ minLength: 3, maxLength: 50, pattern: '^[A-Za-z0-9]+$', example: 'nova' }),
  );

/** A mail address of at most 255 characters, trimmed and in lower case. */
export const IsMailAddress = (): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? value.trim().toLowerCase() : value,
    ),
    IsString(),
    MaxLength(255),
    IsEmail(),
    ApiProperty({ format: 'email', maxLength: 255, example: 'nova@example.com' }),
  );

import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsHexadecimal, IsInt, IsString, Length, Matches, Max, Min } from 'class-validator';

/** The query of a signed URL. */
export class SignedUrlQueryDto {
  @ApiProperty({ type: 'integer', description: 'Unix seconds at which the link ends' })
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(99_999_999_999)
  exp: number;

  @ApiProperty({ description: 'For whom the link is: a user id, or * for everybody' })
  @IsString()
  @Matches(/^(\*|[0-9a-f-]{36})$/, { message: 'sub must be a user id or *' })
  sub: string;

  @ApiProperty({ description: 'HMAC-SHA256, hexadecimal' })
  @IsHexadecimal()
  @Length(64, 64)
  sig: string;
}

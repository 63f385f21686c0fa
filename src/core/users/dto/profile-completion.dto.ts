import { ApiProperty } from '@nestjs/swagger';

/** How far a profile is filled in. */
export class ProfileCompletionDto {
  @ApiProperty({ format: 'uuid' })
  user_id: string;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    maximum: 100,
    description: 'Sum of the weights of the filled fields',
  })
  percentage: number;

  @ApiProperty({ type: [String], example: ['avatar', 'bio'] })
  completed_fields: string[];

  @ApiProperty({ type: [String], example: ['skills'], description: 'The heaviest first' })
  missing_fields: string[];
}

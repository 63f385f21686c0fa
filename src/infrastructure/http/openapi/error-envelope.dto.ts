import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** One rejected field. */
export class FieldProblemDto {
  @ApiProperty({ example: 'title' })
  field: string;

  @ApiProperty({ example: 'must be shorter than or equal to 200 characters' })
  message: string;
}

/** The `error` block of a failure. */
export class ErrorBodyDto {
  @ApiProperty({ example: 'VALIDATION_ERROR', description: 'Stable: branch on this, never on the message' })
  code: string;

  @ApiProperty({ example: 'The request is not valid' })
  message: string;

  @ApiProperty({ type: [FieldProblemDto] })
  details: FieldProblemDto[];

  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  data?: Record<string, unknown>;
}

/** The `meta` block of a failure. */
export class ErrorMetaDto {
  @ApiProperty({ format: 'date-time' })
  timestamp: string;

  @ApiProperty({ example: 'req_01j9zv6w3q8k4m2n7r5t1x0ybc' })
  request_id: string;
}

/** The one error shape (S4). */
export class ErrorEnvelopeDto {
  @ApiProperty({ enum: [false] })
  success: false;

  @ApiProperty({ type: ErrorBodyDto })
  error: ErrorBodyDto;

  @ApiProperty({ type: ErrorMetaDto })
  meta: ErrorMetaDto;
}

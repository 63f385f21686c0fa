import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const COMPONENT_STATES = [
  'healthy',
  'degraded',
  'unhealthy',
  'disabled',
  'configured',
  'not_configured',
  'reachable',
];

export class ComponentReportDto {
  @ApiProperty({ enum: COMPONENT_STATES })
  status: string;

  @ApiPropertyOptional({ example: 'timed out' })
  message?: string;

  @ApiPropertyOptional({ example: '3ms' })
  latency?: string;
}

const COMPONENTS = {
  type: 'object',
  additionalProperties: { $ref: '#/components/schemas/ComponentReportDto' },
} as const;

export class HealthReportDto {
  @ApiProperty({ enum: ['healthy', 'degraded', 'unhealthy'] })
  status: string;

  @ApiProperty({ example: 'veza-backend-api' })
  service: string;

  @ApiProperty({ example: '1.0.0' })
  version: string;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds', example: 1_760_000_000 })
  timestamp: number;

  @ApiProperty({ example: '1h2m3s' })
  uptime: string;

  @ApiProperty(COMPONENTS)
  components: Record<string, ComponentReportDto>;
}

export class UnusedVariableDto {
  @ApiProperty()
  name: string;

  @ApiProperty({ description: 'What happens instead' })
  note: string;
}

export class StatusReportDto extends HealthReportDto {
  @ApiProperty({ example: 'counted per process' })
  rate_limits: string;

  @ApiPropertyOptional({ description: 'For operators only' })
  environment?: string;

  @ApiPropertyOptional({ description: 'For operators only' })
  process_role?: string;

  @ApiPropertyOptional({ type: [UnusedVariableDto], description: 'For operators only' })
  unused_variables?: UnusedVariableDto[];
}

export class ReadinessReportDto {
  @ApiProperty({ enum: ['ready', 'degraded', 'not_ready'] })
  status: string;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds' })
  timestamp: number;

  @ApiPropertyOptional({ example: 'database_unavailable' })
  reason?: string;

  @ApiPropertyOptional({ type: [String], description: 'Optional services that are enabled and down' })
  degraded?: string[];
}

export class LivenessReportDto {
  @ApiProperty({ enum: ['healthy'] })
  status: string;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds' })
  timestamp: number;
}

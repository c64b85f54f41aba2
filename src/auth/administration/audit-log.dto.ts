import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { PageQuery, PageResponse } from '../../platform/http/paging.js';
import { IsTime } from '../../platform/http/time.js';
import type { AuditRow } from '../../audit/audit.queries.js';

const ID = '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10';
const ACTORS = ['anonymous', 'user', 'key', 'system'] as const;

export class AuditLogQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'What this user did, or a key of theirs.' })
  @IsOptional()
  @IsUUID('loose', { message: 'must be a UUID' })
  readonly actor_id?: string;

  @ApiPropertyOptional({ description: 'Such as `user.login_failed`.', maxLength: 100, example: 'user.role_changed' })
  @IsOptional()
  @MaxLength(100, { message: 'must have at most 100 characters' })
  @Matches(/^[a-z_]+(\.[a-z_]+)+$/, { message: 'must be an action, such as user.logged_in' })
  readonly action?: string;

  @ApiPropertyOptional({ description: 'What it happened to: `user:<id>`, `api_key:<id>`.', maxLength: 300 })
  @IsOptional()
  @IsString({ message: 'must be a text' })
  @MaxLength(300, { message: 'must have at most 300 characters' })
  readonly subject?: string;

  @ApiPropertyOptional({
    description: 'At this time or later, ISO 8601; UTC without an offset.',
    example: '2026-01-01T00:00:00Z',
  })
  @IsOptional()
  @IsTime()
  readonly from?: string;

  @ApiPropertyOptional({
    description: 'At this time or earlier; a date alone takes its whole day.',
    example: '2026-02-01T00:00:00Z',
  })
  @IsOptional()
  @IsTime()
  readonly to?: string;
}

export class AuditEntryResponse {
  @ApiProperty({ format: 'uuid', example: ID })
  readonly id: string;

  @ApiProperty({ enum: ACTORS, description: '`anonymous` had not signed in; `system` is Facet or its command line.' })
  readonly actor_kind: (typeof ACTORS)[number];

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The user; of a key, its owner.' })
  readonly actor_id: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  readonly api_key_id: string | null;

  @ApiProperty({ example: 'user.role_changed' })
  readonly action: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What it happened to; an address without an account stands there under a pseudonym.',
    example: `user:${ID}`,
  })
  readonly subject: string | null;

  @ApiProperty({ type: String, nullable: true, example: '192.0.2.7' })
  readonly ip_address: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'curl/8.5.0' })
  readonly user_agent: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The X-Request-ID, which the log names too.' })
  readonly request_id: string | null;

  @ApiProperty({ type: Object, nullable: true, additionalProperties: true, example: { role: 'user' } })
  readonly before: unknown;

  @ApiProperty({ type: Object, nullable: true, additionalProperties: true, example: { role: 'admin' } })
  readonly after: unknown;

  @ApiProperty({ format: 'date-time' })
  readonly created_at: Date;
}

export class AuditLogPage extends PageResponse {
  @ApiProperty({ type: [AuditEntryResponse], description: 'The newest first; matches are counted up to 100,000.' })
  readonly items: AuditRow[];
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMinSize, ArrayUnique, IsArray, IsOptional, Matches, ValidateBy } from 'class-validator';
import { allScopes, type Scope } from '../../platform/http/scopes.js';
import { isTime, timeOf } from '../../platform/http/time.js';
import type { ApiKeyRow } from './api-keys.queries.js';

const ID = '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10';

const IsFutureTime = () =>
  ValidateBy({
    name: 'isFutureTime',
    validator: {
      validate: (value: unknown) => isTime(value) && timeOf(value as string).getTime() > Date.now(),
      defaultMessage: () => 'must be an ISO 8601 time in the future',
    },
  });

/** The names are read when the document is made: by then all modules are loaded, and with them the scopes of their routes. */
const SCOPE_LIST = {
  type: 'array',
  items: {
    type: 'string',
    get enum(): Scope[] {
      return allScopes();
    },
  },
} as const;

/** Judged when it is asked: by then all modules are loaded, and with them the scopes of their routes. */
const AreScopes = () =>
  ValidateBy(
    {
      name: 'areScopes',
      validator: {
        validate: (value: unknown) => allScopes().some((scope) => scope === value),
        defaultMessage: () => `must be of ${allScopes().join(', ')}`,
      },
    },
    { each: true },
  );

export class MakeApiKeyRequest {
  @ApiProperty({ description: 'What it is for.', minLength: 1, maxLength: 100, example: 'nightly upload' })
  @Matches(/^(?=.{1,100}$)[^\p{C}\p{Z}]+( +[^\p{C}\p{Z}]+)*$/u, { message: 'must have 1 to 100 visible characters' })
  readonly name: string;

  @ApiPropertyOptional({
    ...SCOPE_LIST,
    nullable: true,
    description: 'What it may be used for; `admin` only for administrators. All but `admin` when left out.',
  })
  @IsOptional()
  @IsArray({ message: 'must be a list' })
  @ArrayMinSize(1, { message: 'must not be empty' })
  @ArrayUnique({ message: 'must not name a scope twice' })
  @AreScopes()
  readonly scopes?: Scope[] | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'From then on it is refused; UTC without an offset. Never when left out.',
    example: '2030-01-01T00:00:00Z',
  })
  @IsOptional()
  @IsFutureTime()
  readonly expires_at?: string | null;
}

export class NewApiKeyResponse {
  @ApiProperty({ format: 'uuid', example: ID })
  readonly id: string;

  @ApiProperty({ example: 'nightly upload' })
  readonly name: string;

  @ApiProperty({ description: 'The beginning of the key, to tell it from others.', example: 'facet_k3m9x2ab' })
  readonly prefix: string;

  @ApiProperty({ description: 'For the header `X-API-Key`. Shown this once.' })
  readonly key: string;

  @ApiProperty(SCOPE_LIST)
  readonly scopes: Scope[];

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly expires_at: Date | null;
}

export class ApiKeyResponse {
  @ApiProperty({ format: 'uuid', example: ID })
  readonly id: string;

  @ApiProperty({ example: 'nightly upload' })
  readonly name: string;

  @ApiProperty({ description: 'The beginning of the key.', example: 'facet_k3m9x2ab' })
  readonly prefix: string;

  @ApiProperty(SCOPE_LIST)
  readonly scopes: Scope[];

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly expires_at: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'To the minute.' })
  readonly last_used_at: Date | null;

  @ApiProperty({ format: 'date-time' })
  readonly created_at: Date;
}

export class ApiKeysResponse {
  @ApiProperty({ type: [ApiKeyResponse], description: 'The oldest first.' })
  readonly items: ApiKeyRow[];
}

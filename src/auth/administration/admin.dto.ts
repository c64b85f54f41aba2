import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, IsString, MaxLength, ValidateIf } from 'class-validator';
import { toBoolean } from '../../platform/config/setting-rules.js';
import { PageQuery, PageResponse } from '../../platform/http/paging.js';
import type { Role } from '../users/users.queries.js';
import type { ListedUser } from './admin.queries.js';

const ROLES = ['user', 'admin'] as const satisfies readonly Role[];

/** Unlike IsOptional it does not take null for absent. */
const IfGiven = () => ValidateIf((_request: object, value: unknown) => value !== undefined);

export class UsersQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Part of the user name or e-mail address, whatever its case.', maxLength: 100 })
  @IsOptional()
  @IsString({ message: 'must be a text' })
  @MaxLength(100, { message: 'must have at most 100 characters' })
  readonly q?: string;

  @ApiPropertyOptional({ enum: ROLES })
  @IsOptional()
  @IsIn(ROLES, { message: `must be one of ${ROLES.join(', ')}` })
  readonly role?: Role;

  @ApiPropertyOptional({ type: Boolean, description: 'Only those that are disabled, or only those that are not.' })
  @IsOptional()
  @toBoolean
  @IsBoolean({ message: 'must be true or false' })
  readonly disabled?: boolean;
}

export class ChangeUserRequest {
  @ApiPropertyOptional({ enum: ROLES, description: 'Who is an administrator no longer is signed out everywhere.' })
  @IfGiven()
  @IsIn(ROLES, { message: `must be one of ${ROLES.join(', ')}` })
  readonly role?: Role;

  @ApiPropertyOptional({
    type: Boolean,
    description:
      'Who is disabled is signed out everywhere and cannot sign in, by password or key, until enabled again.',
  })
  @IfGiven()
  @IsBoolean({ message: 'must be true or false' })
  readonly disabled?: boolean;
}

export class UserResponse {
  @ApiProperty({ format: 'uuid', example: '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10' })
  readonly id: string;

  @ApiProperty({ example: 'ada' })
  readonly username: string;

  @ApiProperty({ example: 'ada@example.org' })
  readonly email: string;

  @ApiProperty({ enum: ROLES })
  readonly role: Role;

  @ApiProperty({ example: false })
  readonly disabled: boolean;

  @ApiProperty({ format: 'date-time' })
  readonly created_at: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'With the password; null for never.' })
  readonly last_login_at: Date | null;
}

export class UsersPage extends PageResponse {
  @ApiProperty({ type: [UserResponse], description: 'The newest first.' })
  readonly items: ListedUser[];
}

import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { IsEmailAddress } from '../../platform/config/email-address.js';
import { IsGivenPassword, IsPassword } from '../passwords/password.js';
import type { Role, UserRow } from './users.queries.js';

/** Visible characters and single spaces between them: nothing that looks like another name or like none. */
const NAME = /^[^\p{C}\p{Z}]+( [^\p{C}\p{Z}]+)*$/u;

const isUsername = (value: unknown): boolean => {
  if (typeof value !== 'string' || !NAME.test(value)) return false;
  const { length } = Array.from(value);
  return length >= 3 && length <= 50;
};

const IsUsername = () =>
  ValidateBy({
    name: 'isUsername',
    validator: {
      validate: isUsername,
      defaultMessage: () => 'must have 3 to 50 visible characters, with single spaces at most between them',
    },
  });

export class RegisterRequest {
  @ApiProperty({ description: 'Unique, whatever its case.', minLength: 3, maxLength: 50, example: 'ada' })
  @IsUsername()
  readonly username: string;

  @ApiProperty({ format: 'email', maxLength: 100, example: 'ada@example.org' })
  @IsEmailAddress()
  readonly email: string;

  @ApiProperty({
    format: 'password',
    description: '12 to 128 characters of any kind, and none of the 10,000 commonest passwords.',
    example: 'correct horse battery staple',
  })
  @IsPassword()
  readonly password: string;
}

export class ChangePasswordRequest {
  @ApiProperty({ format: 'password', example: 'correct horse battery staple' })
  @IsGivenPassword()
  readonly current_password: string;

  @ApiProperty({
    format: 'password',
    description: '12 to 128 characters of any kind, and none of the 10,000 commonest passwords.',
    example: 'four score and seven years ago',
  })
  @IsPassword()
  readonly new_password: string;
}

export class AccountResponse {
  @ApiProperty({ format: 'uuid', example: '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10' })
  readonly id: string;

  @ApiProperty({ example: 'ada' })
  readonly username: string;

  @ApiProperty({ example: 'ada@example.org' })
  readonly email: string;

  @ApiProperty({ enum: ['user', 'admin'] })
  readonly role: Role;

  static from({ id, username, email, role }: Pick<UserRow, 'id' | 'username' | 'email' | 'role'>): AccountResponse {
    return { id, username, email, role };
  }
}

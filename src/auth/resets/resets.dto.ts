import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { IsPassword } from '../passwords/password.js';

export class ForgotPasswordRequest {
  @ApiProperty({ description: 'Compared without case.', maxLength: 100, example: 'ada@example.org' })
  @IsString({ message: 'must be a text' })
  @MaxLength(100, { message: 'must have at most 100 characters' })
  readonly email: string;
}

export class ResetPasswordRequest {
  @ApiProperty({ description: 'From the mail; good for an hour and one use.' })
  @IsString({ message: 'must be a text' })
  @MaxLength(200, { message: 'must have at most 200 characters' })
  readonly token: string;

  @ApiProperty({
    format: 'password',
    description: '12 to 128 characters of any kind, and none of the 10,000 commonest passwords.',
    example: 'four score and seven years ago',
  })
  @IsPassword()
  readonly password: string;
}

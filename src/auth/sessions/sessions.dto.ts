import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { IsGivenPassword } from '../passwords/password.js';

export class LoginRequest {
  @ApiProperty({ description: 'Compared without case.', maxLength: 100, example: 'ada@example.org' })
  @IsString({ message: 'must be a text' })
  @MaxLength(100, { message: 'must have at most 100 characters' })
  readonly email: string;

  @ApiProperty({ format: 'password', example: 'correct horse battery staple' })
  @IsGivenPassword()
  readonly password: string;
}

export class RefreshRequest {
  @ApiProperty({ description: 'From the last log-in or refresh; good for one use.' })
  @IsString({ message: 'must be a text' })
  @MaxLength(200, { message: 'must have at most 200 characters' })
  readonly refresh_token: string;
}

export class TokenPair {
  @ApiProperty({ description: 'For the header `Authorization: Bearer <access token>`.' })
  readonly access_token: string;

  @ApiProperty({ description: 'Good for 30 days and one use.' })
  readonly refresh_token: string;

  @ApiProperty({ enum: ['Bearer'] })
  readonly token_type: 'Bearer';

  @ApiProperty({ description: 'Seconds for which the access token is good.', example: 900 })
  readonly expires_in: number;
}

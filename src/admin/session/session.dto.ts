import { applyDecorators } from '@nestjs/common';
import { IsString, MaxLength } from 'class-validator';
import { LoginRequest } from '../../auth/sessions/sessions.dto.js';

const isFormToken = applyDecorators(
  IsString({ message: 'must be a text' }),
  MaxLength(100, { message: 'must have at most 100 characters' }),
);

export class SignInForm extends LoginRequest {
  @isFormToken
  readonly form_token: string;
}

export class SignOutForm {
  @isFormToken
  readonly form_token: string;
}

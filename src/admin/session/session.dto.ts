import { IsString, MaxLength } from 'class-validator';
import { LoginRequest } from '../../auth/sessions/sessions.dto.js';

const IsFormToken = (): PropertyDecorator => (target, property) => {
  IsString({ message: 'must be a text' })(target, property);
  MaxLength(100, { message: 'must have at most 100 characters' })(target, property);
};

export class SignInForm extends LoginRequest {
  @IsFormToken()
  readonly form_token: string;
}

export class SignOutForm {
  @IsFormToken()
  readonly form_token: string;
}

import {
  applyDecorators,
  type ArgumentMetadata,
  Injectable,
  ParseUUIDPipe,
  type PipeTransform,
  ValidationPipe,
} from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsUUID, type ValidationError } from 'class-validator';
import { type FieldError, validationFailed } from '../errors.js';

/** Queries and bodies become instances of their class; unknown fields are refused, not dropped. */
export const validationPipe = () =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) => validationFailed(errors.flatMap((error) => fieldErrors(error))),
  });

function fieldErrors({ property, constraints, children = [] }: ValidationError, path = ''): FieldError[] {
  const field = `${path}${property}`;
  const own = Object.entries(constraints ?? {}).map(([rule, message]) => ({
    field,
    message: rule === 'whitelistValidation' ? 'is not a parameter of this route' : message,
  }));
  return [...own, ...children.flatMap((child) => fieldErrors(child, `${field}.`))];
}

/** An id in a query, as our own are written: files, events and keys are named by it, to which capitals are others. */
export const IsId = () =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value)),
    IsUUID('loose', { message: 'must be a UUID' }),
  );

/** An id in a path, in the same form. */
@Injectable()
export class UuidPipe implements PipeTransform<string, Promise<string>> {
  private readonly uuid = new ParseUUIDPipe();

  async transform(value: string, metadata: ArgumentMetadata): Promise<string> {
    try {
      await this.uuid.transform(value, metadata);
      return value.toLowerCase();
    } catch {
      throw validationFailed([{ field: metadata.data ?? 'id', message: 'must be a UUID' }]);
    }
  }
}

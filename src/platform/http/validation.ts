import {
  applyDecorators,
  type ArgumentMetadata,
  Injectable,
  ParseUUIDPipe,
  type PipeTransform,
  type Type,
  ValidationPipe,
} from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsUUID, type ValidationError } from 'class-validator';
import { type FieldError, validationFailed } from '../errors.js';

/** Judges a query without parameters, the most frequent of all, once for each class that has no objection to it. */
class QueriesAndBodies extends ValidationPipe {
  private readonly content = new WeakSet<Type>();

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const metatype = isEmptyQuery(value, metadata) ? metadata.metatype : undefined;
    if (metatype && this.content.has(metatype)) return new metatype() as unknown;
    const judged: unknown = await super.transform(value, metadata);
    if (metatype) this.content.add(metatype);
    return judged;
  }
}

const isEmptyQuery = (value: unknown, { type, data }: ArgumentMetadata): boolean =>
  type === 'query' && data === undefined && Object.keys(value ?? {}).length === 0;

/** Queries and bodies become instances of their class; unknown fields are refused, not dropped. */
export const validationPipe = () =>
  new QueriesAndBodies({
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

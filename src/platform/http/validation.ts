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
import { misplacedFields, repeatedParameters } from './bounds/known-fields.js';

/**
 * Refuses what its class has no place for before anything is made of it, and judges a query without parameters, the most
 * frequent of all, once for each class that has no objection to it.
 */
class QueriesAndBodies extends ValidationPipe {
  private readonly content = new WeakSet<Type>();

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (this.toValidate(metadata)) refuseMisplaced(value, metadata);
    const metatype = isEmptyQuery(value, metadata) ? metadata.metatype : undefined;
    if (metatype && this.content.has(metatype)) return new metatype() as unknown;
    const judged: unknown = await super.transform(value, metadata);
    if (metatype) this.content.add(metatype);
    return judged;
  }
}

const isEmptyQuery = (value: unknown, { type, data }: ArgumentMetadata): boolean =>
  type === 'query' && data === undefined && Object.keys(value ?? {}).length === 0;

/** @throws validation_failed */
function refuseMisplaced(value: unknown, { type, data, metatype }: ArgumentMetadata): void {
  if (value === undefined || value === null || !metatype) return;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw validationFailed([{ field: data ?? type, message: 'must be an object' }]);
  }
  const misplaced = misplacedFields(value, metatype);
  if (misplaced.length > 0) throw validationFailed(misplaced);
  const repeated = type === 'query' ? repeatedParameters(value, metatype) : [];
  if (repeated.length > 0) throw validationFailed(repeated);
}

/** Queries and bodies become instances of their class; unknown fields are refused, not dropped. */
export const validationPipe = () =>
  new QueriesAndBodies({
    transform: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) => validationFailed(errors.flatMap((error) => fieldErrors(error))),
  });

function fieldErrors({ property, constraints, children = [] }: ValidationError, path = ''): FieldError[] {
  const field = `${path}${property}`;
  const own = Object.values(constraints ?? {}).map((message) => ({ field, message }));
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

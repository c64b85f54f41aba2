import type { Type } from '@nestjs/common';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage } from 'class-validator';
import type { FieldError } from '../../errors.js';

interface KnownField {
  /** The class of the objects that stand there, if that is one with fields of its own. */
  readonly nested: Type | undefined;
  readonly isArray: boolean;
  /** Whether only a text, a number or a truth value can stand there. */
  readonly isScalar: boolean;
}

type KnownFields = ReadonlyMap<string, KnownField>;

const cache = new WeakMap<Type, KnownFields>();

/** Returns the fields of the class that have rules, those of what it extends included. */
function knownFields(type: Type): KnownFields {
  const cached = cache.get(type);
  if (cached) return cached;
  const known = new Map(rulesOf(type).map(({ propertyName }) => [propertyName, fieldOf(type, propertyName)]));
  cache.set(type, known);
  return known;
}

const rulesOf = (type: Type) => getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);

/** Returns what `@Type` names, where it stands at the field; class-transformer's own types forget that it may not. */
function nestedType(type: Type, name: string): Type | undefined {
  const found = defaultMetadataStorage.findTypeMetadata(type, name) as { typeFunction(): unknown } | undefined;
  return found?.typeFunction() as Type | undefined;
}

function fieldOf(type: Type, name: string): KnownField {
  const declared = nestedType(type, name);
  const design: unknown = Reflect.getMetadata('design:type', type.prototype as object, name);
  const isArray = design === Array;
  const isScalar = design === String || design === Number || design === Boolean;
  return { nested: declared && rulesOf(declared).length > 0 ? declared : undefined, isArray, isScalar };
}

/**
 * Returns what no instance of the class can have, in one pass: fields without a rule, an array in place of an
 * object, an object in place of a text.
 * class-validator would find them only once class-transformer has copied all, in a time that grows with the square of
 * the number of fields.
 * @param path of the object within the request, with a dot at its end.
 */
export function misplacedFields(value: object, type: Type, path = ''): FieldError[] {
  const known = knownFields(type);
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const field = known.get(name);
    if (!field) return { field: `${path}${name}`, message: 'is not a parameter of this route' };
    if (field.isScalar && holdsObject(inner)) return { field: `${path}${name}`, message: 'must not be an object' };
    return field.nested ? nestedFields(inner, field.nested, field.isArray, `${path}${name}`) : [];
  });
}

function nestedFields(value: unknown, type: Type, isArray: boolean, path: string): FieldError[] {
  if (!isObject(value)) return [];
  if (!Array.isArray(value)) return misplacedFields(value, type, `${path}.`);
  if (!isArray) return [{ field: path, message: 'must be an object' }];
  return value.flatMap((item: unknown, index) => nestedFields(item, type, false, `${path}.${index}`));
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const holdsObject = (value: unknown): boolean => (Array.isArray(value) ? value.some(isObject) : isObject(value));

/** Returns the parameters of a query that are given more than once, though the class has room for one. */
export function repeatedParameters(value: object, type: Type): FieldError[] {
  const known = knownFields(type);
  return Object.entries(value)
    .filter(([name, given]) => Array.isArray(given) && known.get(name)?.isArray === false)
    .map(([field]) => ({ field, message: 'must be given once' }));
}

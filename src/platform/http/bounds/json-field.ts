import { validationFailed } from '../../errors.js';
import { checkJson, type JsonBounds } from './json-bounds.js';

/**
 * Parses a field of a form that holds a JSON object; without a text it is empty.
 * @throws malformed_request when it exceeds the bounds, validation_failed when it is no JSON object.
 */
export function parseJsonField(field: string, text: string | undefined, bounds: JsonBounds): Record<string, unknown> {
  if (!text?.trim()) return {};
  checkJson(text, bounds);
  const value = parsed(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw validationFailed([{ field, message: 'must be a JSON object' }]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { type FieldError, validationFailed } from '../../platform/errors.js';
import type { AnalysisOptions, Analyzer, OptionDescription } from '../analyzer.js';
import type { FileType } from '../../media/media-type/file-types.js';
import type { JsonBounds } from '../../platform/http/bounds/json-bounds.js';
import { parseJsonField } from '../../platform/http/bounds/json-field.js';
import { analyzers } from '../analyzers.js';

export interface RequestedWork {
  /** In the analyzer's order. */
  readonly features: string[];
  /** With the analyzer's defaults filled in. */
  readonly options: AnalysisOptions;
}

/**
 * What of an analyzer a form asks for.
 * @param fields `features`, comma-separated names, and `options`, a JSON object; what is left out is as usual.
 * @throws validation_failed, malformed_request
 */
export function requestedWork(
  fileType: FileType,
  fields: { readonly features?: string; readonly options?: string },
  bounds: JsonBounds,
): RequestedWork {
  const analyzer = analyzers[fileType];
  return {
    features: requestedFeatures(analyzer, fields.features),
    options: requestedOptions(analyzer, fields.options, bounds),
  };
}

/** Which features of the analyzer the caller wants, in the analyzer's order; the defaults when none is named. */
export function requestedFeatures({ features, fileType }: Analyzer, list: string | undefined): string[] {
  const names = (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (names.length === 0) return features.filter((feature) => feature.default).map(({ name }) => name);
  const unknown = names.filter((name) => !features.some((feature) => feature.name === name));
  if (unknown.length > 0) {
    const known = features.map(({ name }) => name).join(', ');
    throw validationFailed([
      {
        field: 'features',
        message: `${JSON.stringify(unknown[0]?.slice(0, 50))} is no feature of ${fileType}: ${known}`,
      },
    ]);
  }
  return features.filter(({ name }) => names.includes(name)).map(({ name }) => name);
}

/** The caller's options, checked against what the analyzer knows, with its defaults filled in. */
export function requestedOptions({ options }: Analyzer, json: string | undefined, bounds: JsonBounds): AnalysisOptions {
  const given = parseJsonField('options', json, bounds);
  const faults: FieldError[] = Object.keys(given)
    .filter((name) => !options.some((option) => option.name === name))
    .map((name) => ({ field: `options.${name.slice(0, 50)}`, message: 'is not an option of this analyzer' }));
  for (const option of options) {
    const fault = faultOf(option, given[option.name]);
    if (fault) faults.push({ field: `options.${option.name}`, message: fault });
  }
  if (faults.length > 0) throw validationFailed(faults);
  return Object.fromEntries(
    options.map(({ name, default: standard }) => [name, given[name] ?? standard]),
  ) as AnalysisOptions;
}

function faultOf({ type, minimum = -Infinity, maximum = Infinity }: OptionDescription, value: unknown): string | null {
  if (value === undefined) return null;
  if (type === 'boolean') return typeof value === 'boolean' ? null : 'must be true or false';
  if (typeof value !== 'number' || (type === 'integer' && !Number.isInteger(value)))
    return `must be ${type === 'integer' ? 'an integer' : 'a number'}`;
  return value < minimum || value > maximum ? `must be between ${minimum} and ${maximum}` : null;
}

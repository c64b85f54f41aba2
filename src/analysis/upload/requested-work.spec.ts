import { Environment } from '../../platform/config/environment.js';
import { FacetError } from '../../platform/errors.js';
import type { Analyzer } from '../analyzer.js';
import { requestedFeatures, requestedOptions } from './requested-work.js';

const BOUNDS = new Environment().jsonBounds;

const analyzer: Analyzer = {
  fileType: 'image',
  mediaTypes: ['image/png'],
  features: [
    { name: 'size', description: 'Width and height', default: true },
    { name: 'colors', description: 'Colours', default: true },
    { name: 'smell', description: 'Smell', default: false },
  ],
  options: [
    { name: 'pages', description: 'Pages', type: 'integer', default: 20, minimum: 0, maximum: 200 },
    { name: 'threshold', description: 'Threshold', type: 'number', default: 0.3, minimum: 0.05, maximum: 0.95 },
    { name: 'deep', description: 'Deep', type: 'boolean', default: false },
  ],
  analyze: () => Promise.resolve({}),
};

/** The fields that a refusal is about; none when nothing is refused. */
function refused(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(FacetError);
    const { code, details } = error as FacetError;
    expect(code).toBe('validation_failed');
    return (details?.fields as { field: string }[]).map(({ field }) => field);
  }
}

describe('features', () => {
  it.each([
    [undefined, ['size', 'colors']],
    ['', ['size', 'colors']],
    [' , ,', ['size', 'colors']],
    ['smell', ['smell']],
    ['smell,size', ['size', 'smell']],
    [' colors , colors ,size', ['size', 'colors']],
  ])('%j means %j', (list, features) => {
    expect(requestedFeatures(analyzer, list)).toEqual(features);
  });

  it.each(['taste', 'size,taste', 'SIZE', 'size;colors', '__proto__', 'constructor', '*', 'x'.repeat(60_000)])(
    'refuses %j',
    (list) => {
      expect(refused(() => requestedFeatures(analyzer, list))).toEqual(['features']);
    },
  );

  it('says what is wrong and what there is, in few words', () => {
    expect(() => requestedFeatures(analyzer, `size,${'x'.repeat(60_000)}`)).toThrow(
      /^features: "x{50}" .*size, colors, smell$/,
    );
  });
});

describe('options', () => {
  const standard = { pages: 20, threshold: 0.3, deep: false };

  it.each([
    [undefined, standard],
    ['', standard],
    ['  ', standard],
    ['{}', standard],
    ['{"pages":0}', { ...standard, pages: 0 }],
    ['{"pages":200,"deep":true}', { ...standard, pages: 200, deep: true }],
    ['{"threshold":0.95}', { ...standard, threshold: 0.95 }],
    ['{"threshold":1e-1}', { ...standard, threshold: 0.1 }],
  ])('%j means %j', (json, options) => {
    expect(requestedOptions(analyzer, json, BOUNDS)).toEqual(options);
  });

  it.each([
    ['{', ['options']],
    ['null', ['options']],
    ['[]', ['options']],
    ['"x"', ['options']],
    ['7', ['options']],
    ['{"zoom":1}', ['options.zoom']],
    ['{"__proto__":1}', ['options.__proto__']],
    ['{"toString":1}', ['options.toString']],
    ['{"pages":1.5}', ['options.pages']],
    ['{"pages":-1}', ['options.pages']],
    ['{"pages":201}', ['options.pages']],
    ['{"pages":"1"}', ['options.pages']],
    ['{"pages":null}', ['options.pages']],
    ['{"pages":1e999}', ['options.pages']],
    ['{"threshold":0.04}', ['options.threshold']],
    ['{"threshold":true}', ['options.threshold']],
    ['{"deep":1}', ['options.deep']],
    ['{"zoom":1,"pages":-1,"deep":"no"}', ['options.zoom', 'options.pages', 'options.deep']],
  ])('refuses %j for %j', (json, fields) => {
    expect(refused(() => requestedOptions(analyzer, json, BOUNDS))).toEqual(fields);
  });
});

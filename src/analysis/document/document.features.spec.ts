import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { documentFeatures } from './document.features.js';

describe('documentFeatures', () => {
  it('lists every feature file, each under the name of its file', () => {
    const files = readdirSync(join(__dirname, 'features')).filter((file) => !file.endsWith('.spec.ts'));
    const names = documentFeatures.map(({ name }) => name);

    expect([...names].sort()).toEqual(files.map((file) => basename(file, '.ts')).sort());
    expect(new Set(names).size).toBe(names.length);
  });
});

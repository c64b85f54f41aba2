import { unzipSync } from 'fflate';
import { zip } from './zip.js';

/** Any moment, as long as it is always the same. */
const MOMENT = '2024-03-01T08:30:00.000Z';

const XML = /\.(?:xml|rels)$/;

/** Identifiers that a library draws by lot: `rId` and more than digits. */
const DRAWN_ID = /rId[A-Za-z0-9_-]*[A-Za-z_-][A-Za-z0-9_-]*/g;

/** The same office file without the time and the random names that its library left in it. */
export function repacked(file: Buffer): Buffer {
  const ids = new Map<string, string>();
  const entries = Object.entries(unzipSync(file)).map(([name, content]): [string, Uint8Array] => [
    name,
    XML.test(name) ? Buffer.from(withoutChance(Buffer.from(content).toString(), ids)) : content,
  ]);
  return zip(Object.fromEntries(entries));
}

function withoutChance(xml: string, ids: Map<string, string>): string {
  return xml.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, MOMENT).replace(DRAWN_ID, (id) => {
    const known = ids.get(id) ?? `rIdX${ids.size}`;
    ids.set(id, known);
    return known;
  });
}

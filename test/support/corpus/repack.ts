import { unzipSync, type Zippable, zipSync } from 'fflate';

/** Any moment, as long as it is always the same. */
const MOMENT = new Date('2024-03-01T08:30:00Z');

const XML = /\.(?:xml|rels)$/;

/** Identifiers that a library draws by lot: `rId` and more than digits. */
const DRAWN_ID = /rId[A-Za-z0-9_-]*[A-Za-z_-][A-Za-z0-9_-]*/g;

/** The same office file without the time and the random names that its library left in it. */
export function repacked(zip: Buffer): Buffer {
  const ids = new Map<string, string>();
  const entries = Object.entries(unzipSync(zip)).map(([name, content]): [string, Uint8Array] => [
    name,
    XML.test(name) ? Buffer.from(withoutChance(Buffer.from(content).toString(), ids)) : content,
  ]);
  return packed(Object.fromEntries(entries));
}

/** A ZIP whose entries carry the same time every time. */
export const packed = (entries: Zippable): Buffer => Buffer.from(zipSync(entries, { mtime: MOMENT }));

function withoutChance(xml: string, ids: Map<string, string>): string {
  return xml.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, MOMENT.toISOString()).replace(DRAWN_ID, (id) => {
    const known = ids.get(id) ?? `rIdX${ids.size}`;
    ids.set(id, known);
    return known;
  });
}

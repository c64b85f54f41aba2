import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';

/** A real DNS server over UDP, whose answers a test makes up. */
export interface NameServer {
  /** `address:port` */
  readonly address: string;
  /** Questions so far, as `name type`. */
  readonly questions: string[];
  close(): void;
}

/** The addresses of a name at this question, or `none`, or `silence`. `time` counts questions for this name from 1. */
export type Zone = (name: string, time: number) => readonly string[] | 'none' | 'silence';

const TYPES: Readonly<Record<number, string>> = { 1: 'A', 28: 'AAAA' };

export async function buildNameServer(zone: Zone): Promise<NameServer> {
  const socket = createSocket('udp4');
  const questions: string[] = [];
  const times = new Map<string, number>();
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = questionIn(query);
    questions.push(`${name} ${type}`);
    // Questions for A alone count, since every lookup asks for both kinds.
    if (type === 'A') times.set(name, (times.get(name) ?? 0) + 1);
    const answer = zone(name, times.get(name) ?? 1);
    if (answer === 'silence') return;
    const addresses = answer === 'none' ? [] : answer.filter((each) => isIPv4(each) === (type === 'A'));
    socket.send(reply(query, end, answer === 'none', addresses), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { address: `127.0.0.1:${socket.address().port}`, questions, close: () => socket.close() };
}

function questionIn(query: Buffer): { name: string; type: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const code = query.readUInt16BE(at + 1);
  return { name: labels.join('.').toLowerCase(), type: TYPES[code] ?? String(code), end: at + 5 };
}

/** RFC 1035, 4.1: the question again and a record for every address, none of which may be remembered. */
function reply(query: Buffer, end: number, missing: boolean, addresses: readonly string[]): Buffer {
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(missing ? 0x8183 : 0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([header, query.subarray(12, end), ...addresses.map(record)]);
}

function record(address: string): Buffer {
  const data = isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : ipv6(address);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(data.length === 4 ? 1 : 28, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function ipv6(address: string): Buffer {
  const [before = '', after] = address.split('::');
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  const tail = groups(after ?? '');
  const zeros = Array<string>(8 - groups(before).length - tail.length).fill('0');
  const all = [...groups(before), ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
  const data = Buffer.alloc(16);
  for (const [index, group] of all.entries()) data.writeUInt16BE(group, index * 2);
  return data;
}

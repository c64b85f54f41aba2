import { finite } from './ffprobe-json.js';
import type { Packet } from './stream-statistics.js';

/** What ffprobe is asked for, one line a packet. */
export const PACKET_ARGUMENTS = [
  ...['-show_entries', 'packet=stream_index,pts_time,dts_time,duration_time,size,flags'],
  ...['-of', 'compact=p=0'],
];

/**
 * Reads `stream_index=0|pts_time=0.04|dts_time=0.00|duration_time=0.04|size=17|flags=K_`; null for other lines and for
 * pieces that are stored but never shown (flag `D`).
 */
export function packetOf(line: string, startTime: number): Packet | null {
  const fields = new Map(line.split('|').map((field) => split(field)));
  const flags = fields.get('flags') ?? '';
  const stream = finite(fields.get('stream_index'));
  if (stream === null || flags.includes('D')) return null;
  // AVI stores no presentation times.
  const time = finite(fields.get('pts_time')) ?? finite(fields.get('dts_time'));
  return {
    stream,
    time: time === null ? null : time - startTime,
    duration: finite(fields.get('duration_time')),
    bytes: Math.max(0, finite(fields.get('size')) ?? 0),
    key: flags.includes('K'),
  };
}

function split(field: string): [string, string] {
  const equals = field.indexOf('=');
  return [field.slice(0, equals), field.slice(equals + 1)];
}

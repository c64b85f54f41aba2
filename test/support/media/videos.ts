import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Videos whose truth is known, because we say what is in them. Made once and kept in the system's temporary folder. */

const run = promisify(execFile);

const CACHE = join(tmpdir(), 'facet-test-videos');

export type ContainerName = 'mp4' | 'mov' | 'avi' | 'mkv' | 'wmv' | 'flv' | 'webm';

interface Recipe {
  readonly mediaType: string;
  readonly video: readonly string[];
  readonly videoCodec: string;
  readonly audio: readonly string[];
  readonly audioCodec: string;
}

const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];

export const recipes: Readonly<Record<ContainerName, Recipe>> = {
  mp4: { mediaType: 'video/mp4', video: h264, videoCodec: 'h264', audio: ['-c:a', 'aac'], audioCodec: 'aac' },
  mov: {
    mediaType: 'video/quicktime',
    video: h264,
    videoCodec: 'h264',
    audio: ['-c:a', 'pcm_s16le'],
    audioCodec: 'pcm_s16le',
  },
  avi: {
    mediaType: 'video/x-msvideo',
    video: ['-c:v', 'mpeg4', '-q:v', '3'],
    videoCodec: 'mpeg4',
    audio: ['-c:a', 'libmp3lame'],
    audioCodec: 'mp3',
  },
  mkv: { mediaType: 'video/x-matroska', video: h264, videoCodec: 'h264', audio: ['-c:a', 'flac'], audioCodec: 'flac' },
  wmv: {
    mediaType: 'video/x-ms-wmv',
    video: ['-c:v', 'wmv2', '-q:v', '3'],
    videoCodec: 'wmv2',
    audio: ['-c:a', 'wmav2'],
    audioCodec: 'wmav2',
  },
  flv: {
    mediaType: 'video/x-flv',
    video: ['-c:v', 'flv', '-q:v', '3'],
    videoCodec: 'flv1',
    audio: ['-c:a', 'libmp3lame'],
    audioCodec: 'mp3',
  },
  webm: {
    mediaType: 'video/webm',
    video: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '400k'],
    videoCodec: 'vp8',
    audio: ['-c:a', 'libopus'],
    audioCodec: 'opus',
  },
};

/** One after the other, far apart in hue and brightness: the colours of the scenes, red, green and blue 0–255. */
const COLOURS = [
  [200, 30, 30],
  [30, 60, 200],
  [230, 210, 40],
  [20, 20, 20],
  [40, 170, 60],
  [235, 235, 235],
] as const;

export interface ClipOptions {
  readonly seconds?: number;
  /** Seconds at which the colour changes. */
  readonly cuts?: readonly number[];
  readonly container?: ContainerName;
  readonly audio?: boolean;
  /** Pixels as stored. */
  readonly width?: number;
  readonly height?: number;
  readonly fps?: number;
  /** A filter over the finished images. */
  readonly filter?: string;
  /** More arguments for the encoder and the container. */
  readonly extra?: readonly string[];
}

export interface Clip {
  readonly path: string;
  readonly mediaType: string;
  readonly seconds: number;
  readonly cuts: readonly number[];
  readonly fps: number;
}

/** A video of plain colours with a tone of 440 Hz. */
export async function clip(options: ClipOptions = {}): Promise<Clip> {
  const { seconds = 4, cuts = [], container = 'mp4', audio = true, fps = 25 } = options;
  const { mediaType, video, audio: audioCodec } = recipes[container];
  const sound = audio ? [...audioCodec, '-map', '1:a'] : [];
  const path = await make(container, [
    ...['-f', 'lavfi', '-i', colourChanges(options), '-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`],
    ...['-map', '0:v', ...sound, ...video, ...(options.extra ?? [])],
  ]);
  return { path, mediaType, seconds, cuts, fps };
}

function colourChanges({ seconds = 4, cuts = [], width = 320, height = 240, fps = 25, filter }: ClipOptions): string {
  const borders = [0, ...cuts, seconds];
  const parts = borders.slice(1).map((end, index) => {
    const colour = `0x${Buffer.from(colourOf(index)).toString('hex')}`;
    return `color=c=${colour}:s=${width}x${height}:r=${fps}:d=${end - (borders[index] ?? 0)}`;
  });
  const filters = filter ? `,${filter}` : '';
  if (parts.length === 1) return `${parts.join('')}${filters}`;
  const labels = parts.map((_, index) => `[s${index}]`);
  const labelled = parts.map((part, index) => `${part}${labels[index] ?? ''}`);
  return `${labelled.join(';')};${labels.join('')}concat=n=${parts.length}:v=1${filters}`;
}

/** The colour of the scene with that index, counted from 0. */
export const colourOf = (scene: number): readonly [number, number, number] =>
  COLOURS[scene % COLOURS.length] ?? COLOURS[0];

/** A file of sound alone in a container for videos. */
export async function soundOnly(container: ContainerName): Promise<Clip> {
  const { mediaType, audio } = recipes[container];
  const path = await make(container, ['-f', 'lavfi', '-i', 'sine=duration=2', ...audio]);
  return { path, mediaType, seconds: 2, cuts: [], fps: 0 };
}

/**
 * Makes a file with ffmpeg, once for the same arguments; safe to be called from several test processes.
 * @param extension decides the container
 */
export async function make(extension: string, args: readonly string[]): Promise<string> {
  const name = createHash('sha256').update(JSON.stringify(args)).digest('hex').slice(0, 16);
  const path = join(CACHE, `${name}.${extension}`);
  if (existsSync(path)) return path;
  await mkdir(CACHE, { recursive: true });
  const draft = join(CACHE, `${name}-${randomUUID()}.${extension}`);
  await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args, '-bitexact', draft]);
  await rename(draft, path);
  return path;
}

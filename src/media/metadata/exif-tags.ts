import { WorkFailure } from '../../platform/work-failure.js';

type Tags = Record<string, unknown>;

/** A block of 64 kB is all that fits into a JPEG; other formats may carry more. */
const MAX_BYTES = 256 * 1024;
const MAX_CHARACTERS = 1000;
const MAX_NUMBERS = 8;

/**
 * The tags that say something about the image. Only these are read: a block may declare 65,535 tags that all point
 * to the same bytes.
 */
const PICKED = [
  ...['Make', 'Model', 'Software', 'Artist', 'Copyright', 'ImageDescription', 'HostComputer', 'DocumentName'],
  ...['Orientation', 'XResolution', 'YResolution', 'ResolutionUnit', 'ModifyDate', 'DateTimeOriginal', 'CreateDate'],
  ...['OffsetTime', 'OffsetTimeOriginal', 'OffsetTimeDigitized', 'SubSecTime', 'SubSecTimeOriginal'],
  ...['ExposureTime', 'FNumber', 'ExposureProgram', 'ISO', 'SensitivityType', 'ShutterSpeedValue', 'ApertureValue'],
  ...['BrightnessValue', 'ExposureCompensation', 'MaxApertureValue', 'SubjectDistance', 'MeteringMode', 'LightSource'],
  ...['Flash', 'FocalLength', 'FocalLengthIn35mmFormat', 'ColorSpace', 'ExifImageWidth', 'ExifImageHeight'],
  ...['SensingMethod', 'CustomRendered', 'ExposureMode', 'WhiteBalance', 'DigitalZoomRatio', 'SceneCaptureType'],
  ...['GainControl', 'Contrast', 'Saturation', 'Sharpness', 'SubjectDistanceRange', 'ImageUniqueID'],
  ...['CameraOwnerName', 'BodySerialNumber', 'LensInfo', 'LensMake', 'LensModel', 'LensSerialNumber'],
  ...['GPSLatitude', 'GPSLatitudeRef', 'GPSLongitude', 'GPSLongitudeRef', 'GPSAltitude', 'GPSAltitudeRef'],
  ...['GPSTimeStamp', 'GPSDateStamp', 'GPSSpeed', 'GPSSpeedRef', 'GPSImgDirection', 'GPSImgDirectionRef'],
  'GPSMapDatum',
];

/** Said better by `latitude`, `longitude` and the sign of `GPSAltitude`. */
const RAW_PLACE = new Set(['GPSLatitude', 'GPSLatitudeRef', 'GPSLongitude', 'GPSLongitudeRef', 'GPSAltitudeRef']);

/** Below sea level, and below the ellipsoid. */
const BELOW: readonly unknown[] = [1, 3];

/** A time and the tag that says how far from UTC its clock stood. */
const OFFSETS: Readonly<Record<string, string>> = {
  ModifyDate: 'OffsetTime',
  DateTimeOriginal: 'OffsetTimeOriginal',
  CreateDate: 'OffsetTimeDigitized',
};

/**
 * EXIF tags by their names in the standard, as plain JSON: numbers, strings of at most 1000 characters, lists of at
 * most 8 numbers, times as ISO 8601 (without a zone where the camera wrote none), `latitude` and `longitude` in
 * degrees, north and east positive, `GPSAltitude` in metres, negative below sea level. Null when nothing is left.
 *
 * @param block the TIFF structure, or the path of a TIFF file
 */
export async function readExifTags(block: Buffer | string): Promise<Tags | null> {
  if (Buffer.isBuffer(block) && block.length > MAX_BYTES) throw exifTooLarge();
  const tags = await parse(block);
  if (!tags) return null;
  if (typeof tags.GPSAltitude === 'number' && isBelow(tags.GPSAltitudeRef)) tags.GPSAltitude *= -1;
  const plain = Object.entries(tags)
    .filter(([name]) => !RAW_PLACE.has(name))
    .map(([name, value]) => [name, name in OFFSETS ? isoTime(value, tags[OFFSETS[name] ?? '']) : plainValue(value)])
    .filter(([, value]) => value !== undefined);
  return plain.length === 0 ? null : (Object.fromEntries(plain) as Tags);
}

async function parse(block: Buffer | string): Promise<Tags | undefined> {
  const { default: exifr } = await import('exifr');
  try {
    return (await exifr.parse(block, {
      tiff: true,
      xmp: false,
      icc: false,
      iptc: false,
      jfif: false,
      ihdr: false,
      pick: PICKED,
      reviveValues: false,
    })) as Tags | undefined;
  } catch {
    throw exifUnreadable();
  }
}

/** "2024:05:17 09:30:00" is how EXIF writes the camera's local time. */
function isoTime(value: unknown, offset: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const match = /^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)/.exec(value);
  if (!match) return undefined;
  const [, year, month, day, hours, minutes, seconds] = match;
  const time = `${year}-${month}-${day}T${hours}:${minutes}:${seconds}`;
  // Rolls over for a 31st of February; a camera whose clock was never set writes zeros.
  const valid = new Date(`${time}Z`);
  if (Number.isNaN(valid.getTime()) || !valid.toISOString().startsWith(time)) return undefined;
  return typeof offset === 'string' && /^[+-]\d\d:\d\d$/.test(offset) ? time + offset : time;
}

/** The reference is a number, or a list of one. */
const isBelow = (reference: unknown): boolean => BELOW.includes(isList(reference) ? reference[0] : reference);

function plainValue(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'string') return plainText(value);
  if (value instanceof Uint8Array || !isList(value) || value.length > MAX_NUMBERS) return undefined;
  const numbers = Array.from(value).filter((item) => typeof item === 'number' && Number.isFinite(item));
  return numbers.length === value.length ? numbers : undefined;
}

/** Without control characters and halves of characters, which PostgreSQL does not store. */
function plainText(value: string): string | undefined {
  const text = value
    .slice(0, MAX_CHARACTERS)
    .replace(/[\p{Cc}\p{Cs}]/gu, ' ')
    .trim();
  return text === '' ? undefined : text;
}

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

const exifTooLarge = () => new WorkFailure('exif_too_large', 'The EXIF block has more than 256 kB.');

const exifUnreadable = () => new WorkFailure('exif_unreadable', 'The EXIF block is damaged.');

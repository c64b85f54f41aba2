import { serveRequests } from '../../../platform/threads/serve-requests.js';
import { CsvFault } from '../csv/csv-fault.js';
import type { ConverterAnswer, ConverterTask } from './csv-converter.js';
import { RowConverter } from './row-converter.js';

/** The main file of the thread that reads CSV files. It works synchronously: it has nothing else to do. */

const converters = new Map<number, RowConverter>();

serveRequests(answerTo, ({ bytes }) => (bytes ? [bytes.buffer as ArrayBuffer] : []));

function answerTo({ file, begin, piece, leave }: ConverterTask): ConverterAnswer {
  if (leave) return forget(file);
  if (begin) converters.set(file, new RowConverter(begin));
  const converter = converters.get(file);
  if (!converter) throw new Error('The file is not being read');
  try {
    if (piece) return { bytes: converter.convert(Buffer.from(piece)) };
    const ending = converter.end();
    forget(file);
    return ending;
  } catch (error) {
    forget(file);
    if (!(error instanceof CsvFault)) throw error;
    const { kind, message, line, columns } = error;
    return { fault: { kind, message, line, columns } };
  }
}

function forget(file: number): ConverterAnswer {
  converters.get(file)?.close();
  converters.delete(file);
  return {};
}

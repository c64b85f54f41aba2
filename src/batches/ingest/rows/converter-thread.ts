import { parentPort } from 'node:worker_threads';
import { CsvFault } from '../csv/csv-fault.js';
import { RowConverter } from './row-converter.js';
import type { ConverterAnswer, ConverterTask } from './csv-converter.js';

/** The main file of the thread that reads CSV files. It works synchronously: it has nothing else to do. */

const converters = new Map<number, RowConverter>();

function answerTo({ file, begin, piece }: ConverterTask): Omit<ConverterAnswer, 'file'> {
  if (begin) converters.set(file, new RowConverter(begin));
  const converter = converters.get(file);
  if (!converter) throw new Error('The file is not being read');
  if (piece) return { bytes: converter.convert(Buffer.from(piece)) };
  const ending = converter.end();
  forget(file);
  return ending;
}

function forget(file: number): void {
  converters.get(file)?.close();
  converters.delete(file);
}

parentPort?.on('message', (task: ConverterTask) => {
  const { file } = task;
  if (task.leave) {
    forget(file);
    return;
  }
  try {
    const answer = answerTo(task);
    const moved = answer.bytes ? [answer.bytes.buffer as ArrayBuffer] : [];
    parentPort?.postMessage({ file, ...answer } satisfies ConverterAnswer, moved);
  } catch (error) {
    forget(file);
    const { message } = error as Error;
    const fault =
      error instanceof CsvFault ? { kind: error.kind, message, line: error.line, columns: error.columns } : null;
    parentPort?.postMessage({ file, refused: { fault, message } } satisfies ConverterAnswer);
  }
});

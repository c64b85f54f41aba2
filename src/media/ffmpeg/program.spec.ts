import { getEventListeners } from 'node:events';
import { ProgramFailure } from './program.failure.js';
import { runProgram } from './program.js';

const limits = { timeout: 20_000, stdoutLimit: 1_000 };

/** Runs a script of Node's, the one program that is surely there. */
const node = (script: string, more: Partial<Parameters<typeof runProgram>[2]> = {}) =>
  runProgram(process.execPath, ['-e', script], { ...limits, ...more });

it('resolves to what the program wrote', async () => {
  expect((await node('process.stdout.write("a\\0b")')).toString()).toBe('a\0b');
});

it('gives arguments as they are, without a shell', async () => {
  const arguments_ = ['$HOME', '; echo b', '*', '"'];
  const script = ['-e', 'process.stdout.write(JSON.stringify(process.argv.slice(1)))', '--', ...arguments_];
  expect(JSON.parse((await runProgram(process.execPath, script, limits)).toString())).toEqual(arguments_);
});

it('fails with the end of what the program complained of', async () => {
  const failure: unknown = await node('console.error("x".repeat(1e6) + "end"); process.exitCode = 3').catch(
    (e: unknown) => e,
  );
  expect(failure).toBeInstanceOf(ProgramFailure);
  expect(failure).toMatchObject({ kind: 'exit', message: expect.stringMatching(/^exit: 3: x+end\n$/) as string });
  expect((failure as Error).message.length).toBeLessThan(5_000);
});

it('fails when the program was killed by something else', async () => {
  await expect(node('process.kill(process.pid, "SIGSEGV")')).rejects.toMatchObject({ kind: 'exit' });
});

it('fails with the reason when there is no such program', async () => {
  await expect(runProgram('/nowhere/ffmpeg', [], limits)).rejects.toMatchObject({ code: 'ENOENT' });
});

describe('a program that is stopped', () => {
  const endless = 'console.log(process.pid); setInterval(() => undefined, 1000)';

  it('is gone at its time limit', async () => {
    const { pids, onLine } = pidReader();
    await expect(node(endless, { timeout: 1_000, onLine })).rejects.toMatchObject({ kind: 'timeout' });
    expect(pids.map(isAlive)).toEqual([false]);
  });

  it('is gone when it writes too much', async () => {
    const flood = 'setInterval(() => process.stdout.write("x".repeat(600)), 10)';
    await expect(node(flood)).rejects.toMatchObject({ kind: 'output' });
  });

  it('is gone when it is aborted', async () => {
    const abort = new AbortController();
    const { pids, onLine } = pidReader(() => {
      abort.abort();
    });
    await expect(node(endless, { signal: abort.signal, onLine })).rejects.toMatchObject({ name: 'AbortError' });
    expect(pids.map(isAlive)).toEqual([false]);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  it('is not started when it is aborted before', async () => {
    await expect(node(endless, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });

  function pidReader(heard: () => void = () => undefined): { pids: number[]; onLine: (line: string) => void } {
    const pids: number[] = [];
    const onLine = (line: string) => {
      pids.push(Number(line));
      heard();
    };
    return { pids, onLine };
  }

  function isAlive(pid: number): boolean {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }
});

it('hands on the lines of descriptor 3 apart from standard output', async () => {
  const lines: string[] = [];
  const script = 'require("fs").writeSync(3, "one\\ntwo\\n"); process.stdout.write("out")';
  const output = await node(script, { onWatchLine: (line) => lines.push(line) });
  expect({ lines, output: output.toString() }).toEqual({ lines: ['one', 'two'], output: 'out' });
});

it('leaves no listener on this process', async () => {
  const before = process.listenerCount('exit');
  await node('0');
  await node('process.exit(1)').catch(() => undefined);
  expect(process.listenerCount('exit')).toBe(before);
});

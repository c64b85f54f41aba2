import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AskedThread } from './asked-thread.js';

/** As built: a thread is a program of its own. */
const ANSWER_QUESTIONS = pathToFileURL(join(__dirname, '../../../dist/platform/threads/answer-questions.js'));

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facet-thread-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** A thread that answers a question by this code. */
async function threadThat<Question, Answer>(does: string): Promise<AskedThread<Question, Answer>> {
  const program = join(folder, `${Math.random()}.mjs`);
  await writeFile(
    program,
    `import { answerQuestions } from '${ANSWER_QUESTIONS.href}';
     let told = 0;
     answerQuestions(async (question) => { ${does} }, (answer) => answer?.buffer ? [answer.buffer] : []);`,
  );
  return new AskedThread(pathToFileURL(program));
}

it('gives each asker the answer to the own question, whichever comes first', async () => {
  const thread = await threadThat<number, number>(
    'await new Promise((done) => setTimeout(done, question)); return question * 2;',
  );
  expect(await Promise.all([thread.ask(60), thread.ask(1), thread.ask(30)])).toEqual([120, 2, 60]);
});

it('throws what was thrown there, with its code', async () => {
  const thread = await threadThat<string, never>(
    `throw Object.assign(new Error('no ' + question), { code: 'ENOSPC' });`,
  );
  await expect(thread.ask('room')).rejects.toMatchObject({ message: 'no room', code: 'ENOSPC' });
});

it('gives bytes away, and takes what is given away', async () => {
  const thread = await threadThat<Uint8Array, Uint8Array>('return question.map((byte) => byte + 1);');
  const given = new Uint8Array([1, 2, 3]);
  expect(await thread.ask(given, [given.buffer])).toEqual(new Uint8Array([2, 3, 4]));
  expect(given.length).toBe(0);
});

it('says things in the order of the questions, for no answer', async () => {
  const thread = await threadThat<number, number>('told += question; return told;');
  thread.tell(1_000);
  expect(await thread.ask(1)).toBe(1);
  thread.tell(10);
  expect(await thread.ask(100)).toBe(111);
});

it('fails the questions under way of a thread that dies, and asks a new one the next', async () => {
  const thread = await threadThat<string, string>(
    `if (question === 'die') process.exit(1); if (question === 'wait') await new Promise(() => setTimeout(() => {}, 1e9)); return question;`,
  );
  const waiting = thread.ask('wait');
  const dying = thread.ask('die');
  await expect(waiting).rejects.toThrow('The thread has ended');
  await expect(dying).rejects.toThrow('The thread has ended');
  expect(await thread.ask('again')).toBe('again');
});

it('fails the questions under way of a thread in which something is thrown that nobody catches', async () => {
  const thread = await threadThat<string, string>(
    `setTimeout(() => { throw new Error('lost') }); await new Promise(() => {});`,
  );
  await expect(thread.ask('anything')).rejects.toThrow('The thread has ended');
});

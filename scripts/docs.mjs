// Writes the tables of docs/configuration.md and docs/errors.md from the sources: settings with their comments and
// defaults, errors and failures with their meanings. With --check it only compares, and fails when a file is out of step.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Parsed sources of the product, without specs, in the order of their paths. */
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
  .sort()
  .map((name) => parse(join('src', name)));

function parse(name) {
  const text = readFileSync(join(root, name), 'utf8');
  return ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
}

/** Every node of a file, itself first. */
function* nodesOf(node) {
  yield node;
  for (const child of node.getChildren()) yield* nodesOf(child);
}

const allNodes = () => sources.flatMap((source) => [...nodesOf(source)]);

/** Properties in capitals of classes of settings: `/** meaning *\/ readonly NAME: type = default`. */
function settings() {
  return allNodes()
    .filter((node) => ts.isPropertyDeclaration(node) && /^[A-Z][A-Z0-9_]+$/.test(node.name.getText()))
    .map((node) => ({
      name: node.name.getText(),
      standard: defaultOf(node.initializer),
      meaning: ts.getJSDocCommentsAndTags(node)[0]?.comment ?? '',
    }))
    .sort((a, b) => order(a.name) - order(b.name));
}

function defaultOf(initializer) {
  if (!initializer) return '';
  return ts.isStringLiteral(initializer) ? initializer.text : initializer.getText().replaceAll('_', '');
}

const example = [...readFileSync(join(root, '.env.example'), 'utf8').matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)];
const names = example.map(([, name]) => name);
/** As .env.example has them, which groups what belongs together; what it lacks comes last. */
const order = (name) => (names.includes(name) ? names.indexOf(name) : names.length);

const calls = (callee) =>
  allNodes().filter(
    (node) =>
      (ts.isCallExpression(node) || ts.isNewExpression(node)) &&
      node.expression.getText() === callee &&
      node.arguments?.length > 1 &&
      ts.isStringLiteralLike(node.arguments[0]),
  );

/** `defineError(code, status, meaning, …)`. */
function errors() {
  return calls('defineError')
    .map(({ arguments: [code, status, meaning] }) => ({
      code: code.text,
      status: Number(status.getText()),
      meaning: textOf(meaning),
    }))
    .sort((a, b) => a.status - b.status || a.code.localeCompare(b.code));
}

/** `new WorkFailure(code, message)`; one code may stand for several messages. */
function failures() {
  const meanings = new Map();
  for (const {
    arguments: [code, message],
  } of calls('WorkFailure')) {
    const meaning = textOf(message);
    const known = meanings.get(code.text) ?? [];
    if (!known.includes(meaning)) meanings.set(code.text, [...known, meaning]);
  }
  return [...meanings].sort(([a], [b]) => a.localeCompare(b));
}

/** A literal as a reader sees it; what is filled in shows as an ellipsis. */
function textOf(node) {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
  }
  return node.getText();
}

const cell = (text) => String(text).replaceAll('\n', ' ').replaceAll('|', '\\|');
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

const configuration = () =>
  table(
    ['variable', 'default', 'meaning'],
    settings().map(({ name, standard, meaning }) => [
      `\`${name}\``,
      standard === '' ? 'empty' : `\`${standard}\``,
      meaning,
    ]),
  );

const errorTable = () =>
  table(
    ['code', 'status', 'meaning'],
    errors().map(({ code, status, meaning }) => [`\`${code}\``, status, meaning]),
  );

const failureTable = () =>
  table(
    ['code', 'message'],
    failures().map(([code, meanings]) => [`\`${code}\``, meanings.join(' ')]),
  );

/** Puts a generated text between `<!-- name -->` and `<!-- /name -->`. */
const filled = (text, name, content) =>
  text.replace(
    new RegExp(`(<!-- ${name} -->\n)[^]*?(\n<!-- /${name} -->)`),
    (_all, start, end) => `${start}\n${content}\n${end}`,
  );

async function step(file, parts) {
  const path = join(root, 'docs', file);
  const before = readFileSync(path, 'utf8');
  const text = Object.entries(parts).reduce((all, [name, content]) => filled(all, name, content), before);
  const after = await format(text, { parser: 'markdown', printWidth: 120 });
  if (after === before) return;
  if (process.argv.includes('--check')) {
    process.stderr.write(`docs/${file} is out of step with the code: npm run docs\n`);
    process.exitCode = 1;
  } else writeFileSync(path, after);
}

await step('configuration.md', { settings: configuration() });
await step('errors.md', { errors: errorTable(), failures: failureTable() });

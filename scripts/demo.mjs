// `npm run demo`: boots the whole product and does its main job on media made here, whose truth is therefore known.
import { basename, join } from 'node:path';
import { follow, get, send, signIn, startFacet } from './demo/facet.mjs';
import { makeMedia } from './demo/media.mjs';
import { drawBar, drawTable } from './demo/terminal.mjs';

const root = join(import.meta.dirname, '..');
const directory = join(root, '.data-demo');
const keep = process.argv.includes('--keep');
const say = (text) => process.stdout.write(`${text}\n`);

say('Facet demo: one picture, one document, one video');
say(`\n1. Booting Facet with its own PostgreSQL and Redis in ${basename(directory)}/ …`);
const facet = await startFacet(join(root, 'dist/main.js'), join(directory, 'data'));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void facet.stop());

try {
  say(`   ready at ${facet.url}`);
  const me = await signIn(facet.url, facet.credentials);
  say('   signed in as the administrator that it has made up');
  say('\n2. Making a picture, a document and a video …');
  const media = await makeMedia(join(directory, 'media'), process.env.FFMPEG_PATH || 'ffmpeg');

  say('\n3. Sending them in:');
  const rows = [];
  for (const { path, expectations } of media) {
    const { analysis_id } = await send(facet.url, path, me);
    for await (const state of follow(facet.url, analysis_id, me)) drawBar(basename(path), state);
    const { status, error, results, processing_time, artifacts } = await get(
      `${facet.url}/api/v1/results/${analysis_id}`,
      me,
    );
    if (status !== 'completed') throw new Error(`${basename(path)} ended as ${status}: ${error?.message}`);
    for (const [what, truth, find] of expectations) {
      const found = find(results);
      rows.push([basename(path), what, truth, found, found === truth ? '✓' : '✗']);
    }
    rows.push([
      basename(path),
      'time, files made',
      '',
      `${processing_time} s, ${artifacts.map(({ name }) => name).join(' ')}`,
      '',
    ]);
  }

  say('\n4. What was found:\n');
  drawTable(['file', 'what', 'truth', 'found', ''], rows);
  const { total_analyses, success_rate } = await get(`${facet.url}/api/v1/statistics`, me);
  say(`\n   ${total_analyses} analyses so far, ${success_rate} % of them completed.`);

  const wrong = rows.filter((row) => row[4] === '✗').length;
  if (wrong > 0) throw new Error(`${wrong} findings differ from the truth`);
  if (keep) {
    say(`\nThe console is at ${facet.url}/api/docs, its credentials in ${facet.credentials}. Ctrl-C ends Facet.`);
    await facet.ended;
  } else {
    say(`\nThe console was at ${facet.url}/api/docs: npm run demo -- --keep leaves it running; npm start serves.`);
  }
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`\nThe demo failed: ${error.message}\n`);
} finally {
  await facet.stop();
}

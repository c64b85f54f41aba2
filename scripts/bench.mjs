// npm run bench [-- [--json] [NAME…]]: how fast Facet is, beside the least that could do the same work.
import '../test/bench/register.mjs';

const { bench } = await import('../test/bench/bench.ts');
await bench(process.argv.slice(2));

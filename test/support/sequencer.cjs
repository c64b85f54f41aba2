const { default: Sequencer } = require('@jest/test-sequencer');

/** Folders whose specs take long, those that take longest first: some mostly wait, others mostly calculate. */
const WAITING = ['test/faults/', 'test/e2e/', 'src/platform/embedded/'];
const CALCULATING = ['src/analysis/video/', 'src/analysis/vision/', 'src/analysis/'];

/** Specs that wait for each that calculates: as many as leave it a core. */
const BESIDE = 2;

/**
 * The long ones first, so that none of them is left over at the end. Jest does so by what each took the last time; where
 * nothing has been run yet it goes by where they lie, and those that wait run beside those that calculate.
 */
module.exports = class extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    const [waiting, calculating] = [WAITING, CALCULATING].map((folders) => within(folders, sorted));
    const mixed = calculating.flatMap((spec) => [...waiting.splice(0, BESIDE), spec]);
    return [...new Set([...mixed, ...waiting, ...sorted])];
  }
};

/** The tests in the first folder, then those in the next. */
const within = (folders, tests) => [
  ...new Set(folders.flatMap((folder) => tests.filter(({ path }) => path.includes(`/${folder}`)))),
];

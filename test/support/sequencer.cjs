const { default: Sequencer } = require('@jest/test-sequencer');

/** Folders whose specs take long, those that take longest first. */
const LONG = ['test/faults/', 'src/analysis/video/', 'test/e2e/', 'src/analysis/', 'src/platform/embedded/'];

/**
 * The long ones first, so that none of them is left over at the end. Jest does so by what each took the last time; where
 * nothing has been run yet it goes by where they lie.
 */
module.exports = class extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    return sorted.sort((one, other) => placeOf(one) - placeOf(other));
  }
};

function placeOf({ path }) {
  const place = LONG.findIndex((folder) => path.includes(`/${folder}`));
  return place < 0 ? LONG.length : place;
}

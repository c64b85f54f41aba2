const { rm } = require('node:fs/promises');

module.exports = async function teardown() {
  const { embedded, directory } = globalThis.facetTestStack;
  await embedded.stop();
  await rm(directory, { recursive: true, force: true });
};

const { TestEnvironment } = require('jest-environment-node');

/**
 * Jest gives every spec globals of its own. What native code of onnxruntime hands out is made of the process's, and is
 * compared with `instanceof`: there must be one of each that is handed over.
 */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    Object.assign(this.global, { Float32Array, BigInt64Array });
  }
};

/** Finds packages as Jest does, and those that offer themselves to `import` alone as well: they are transformed. */
module.exports = function resolve(path, options) {
  try {
    return options.defaultResolver(path, options);
  } catch (error) {
    if (path.startsWith('.')) throw error;
    return options.defaultResolver(path, { ...options, conditions: [...(options.conditions ?? []), 'import'] });
  }
};

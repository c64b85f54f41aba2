import { argumentsOf, noArguments } from '../arguments.js';
import type { Command } from '../command.js';

export const doctor: Command = {
  name: 'doctor',
  summary: 'Says what Facet needs and has not got; exit code 1 when something is missing',
  usage: '',
  run: async (args) => {
    noArguments(argumentsOf(args, {}).positionals);
    const { examine } = await import('./examine.js');
    return examine();
  },
};

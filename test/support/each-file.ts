import { join } from 'node:path';

// The same guard as in the processes under test.
jest.requireActual(join(__dirname, 'closed-network.mjs'));

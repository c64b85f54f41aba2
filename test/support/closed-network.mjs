// Loaded before everything else in the processes under test: only this machine can be reached.
import dns from 'node:dns';
import net from 'node:net';

const LOCAL = /^(127\.|::1$|localhost$|::ffff:127\.)/;

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  const host = typeof options === 'object' ? (options.host ?? 'localhost') : (args[1] ?? 'localhost');
  const isPath = typeof options === 'object' ? options.path !== undefined : Number.isNaN(Number(options));
  if (!isPath && typeof host === 'string' && !LOCAL.test(host)) {
    throw new Error(`The network is closed in tests: ${host}`);
  }
  return connect.apply(this, args);
};

const lookup = dns.lookup;
dns.lookup = function (host, ...rest) {
  if (!LOCAL.test(host)) throw new Error(`The network is closed in tests: ${host}`);
  return lookup.call(this, host, ...rest);
};
